package pseudonym

import (
	"bytes"
	"net/netip"
	"strings"

	"sipspan/decode/sip"
)

// paramKind is what becomes of a parameter.
type paramKind uint8

const (
	dropParam     paramKind = iota // of parameters that are not in a table
	keepParam                      // where it holds a token
	hostParam                      // a host
	tagParam                       // a tag
	branchParam                    // a branch
	idParam                        // another identifier
	callParam                      // a Call-ID
	phoneParam                     // a number or a domain
	instanceParam                  // a URN in quotation marks
)

var (
	uriParams = map[string]paramKind{
		"transport": keepParam, "lr": keepParam, "user": keepParam, "method": keepParam, "ob": keepParam, "ttl": keepParam, "comp": keepParam,
		"cause": keepParam, "maddr": hostParam, "received": hostParam, "gr": idParam, "phone-context": phoneParam,
	}
	addressParams = map[string]paramKind{
		"tag": tagParam, "q": keepParam, "expires": keepParam, "reg-id": keepParam, "index": keepParam, "cause": keepParam, "counter": keepParam,
		"privacy": keepParam, "screen": keepParam, "party": keepParam, "reason": keepParam, "isfocus": keepParam, "epid": idParam,
		"+sip.instance": instanceParam,
	}
	viaParams = map[string]paramKind{
		"branch": branchParam, "received": hostParam, "maddr": hostParam, "rport": keepParam, "ttl": keepParam, "alias": keepParam, "comp": keepParam,
	}
	dialogParams = map[string]paramKind{
		"to-tag": tagParam, "from-tag": tagParam, "local-tag": tagParam, "remote-tag": tagParam, "early-only": keepParam, "call-id": callParam,
		"id": idParam, "include-session-description": keepParam,
	}
)

// params appends those of the parameters that a table knows.
func (n *Names) params(dst, params []byte, kinds map[string]paramKind) []byte {
	for len(params) > 0 {
		var name, value []byte
		if name, value, params = sip.NextParam(params); len(name) == 0 {
			continue
		}
		lower := strings.ToLower(string(name))
		kind := kinds[lower]
		if kind == dropParam || kind == keepParam && !isPlain(value) {
			continue
		}
		dst = append(dst, ";"+lower...)
		if len(value) == 0 {
			continue
		}
		dst = append(dst, '=')
		switch kind {
		case keepParam:
			dst = append(dst, value...)
		case hostParam:
			dst = append(dst, n.host(value)...)
		case tagParam:
			dst = append(dst, n.id("tag", value)...)
		case branchParam:
			dst = append(dst, n.branch(value)...)
		case idParam:
			dst = append(dst, n.id("id", value)...)
		case callParam:
			dst = append(dst, n.CallID(value)...)
		case phoneParam:
			dst = append(dst, n.phoneContext(value)...)
		case instanceParam:
			dst = append(dst, `"<urn:x:`+n.id("instance", value)+`>"`...)
		}
	}
	return dst
}

func (n *Names) phoneContext(value []byte) string {
	if bytes.HasPrefix(value, []byte("+")) {
		return n.user(value)
	}
	return n.host(value)
}

// maxPlain is how long a value may be that is kept as it is.
const maxPlain = 512

// isPlain reports whether a value consists of tokens and what separates them, and holds no address.
func isPlain(b []byte) bool {
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(" .,;:=/*+_-", c) >= 0:
		default:
			return false
		}
	}
	if len(b) > maxPlain {
		return false
	}
	for word := range bytes.FieldsFuncSeq(b, func(r rune) bool { return strings.ContainsRune(" ,;=/*+_-", r) }) {
		if _, err := netip.ParseAddr(string(word)); err == nil {
			return false
		}
	}
	return true
}

// isNumber reports whether a value is digits.
func isNumber(b []byte) bool {
	return len(b) > 0 && len(b) <= 20 && len(bytes.Trim(b, "0123456789")) == 0
}
