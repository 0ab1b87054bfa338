package pseudonym

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

// fieldFunc appends what stands for the value of a header field. Where it appends nothing, the field is left out.
type fieldFunc func(n *Names, dst, value []byte) []byte

// fields are the header fields that are written. Content-Length, Content-Type and CSeq are made from the message.
var fields = map[sip.HeaderID]fieldFunc{
	sip.HeaderVia: (*Names).via,

	sip.HeaderFrom: (*Names).one, sip.HeaderTo: (*Names).one, sip.HeaderReferTo: (*Names).one, sip.HeaderReferredBy: (*Names).one,
	sip.HeaderContact: (*Names).addresses, sip.HeaderRoute: (*Names).addresses, sip.HeaderRecordRoute: (*Names).addresses,
	sip.HeaderPath: (*Names).addresses, sip.HeaderServiceRoute: (*Names).addresses, sip.HeaderReplyTo: (*Names).addresses,
	sip.HeaderPAssertedIdentity: (*Names).addresses, sip.HeaderPPreferredIdentity: (*Names).addresses,
	sip.HeaderPAssociatedURI: (*Names).addresses, sip.HeaderPCalledPartyID: (*Names).addresses, sip.HeaderPServedUser: (*Names).addresses,
	sip.HeaderRemotePartyID: (*Names).addresses, sip.HeaderDiversion: (*Names).addresses, sip.HeaderHistoryInfo: (*Names).addresses,

	sip.HeaderCallID:   func(n *Names, dst, v []byte) []byte { return append(dst, n.CallID(v)...) },
	sip.HeaderReplaces: (*Names).dialog, sip.HeaderTargetDialog: (*Names).dialog, sip.HeaderJoin: (*Names).dialog,
	sip.HeaderInReplyTo: (*Names).callIDs,
	sip.HeaderSessionID: (*Names).sessionID,
	sip.HeaderSIPETag:   (*Names).etag, sip.HeaderSIPIfMatch: (*Names).etag, sip.HeaderSuppressIfMatch: (*Names).etag,
	sip.HeaderUserAgent: (*Names).agent, sip.HeaderServer: (*Names).agent,

	sip.HeaderEvent: (*Names).event, sip.HeaderReason: (*Names).reason, sip.HeaderWarning: (*Names).warning, sip.HeaderRetryAfter: (*Names).first,
	sip.HeaderContentDisposition: (*Names).first, sip.HeaderMSDiagnostics: (*Names).first,
	sip.HeaderMSDiagnosticsPublic: (*Names).first, sip.HeaderMSClientDiagnostics: (*Names).first,
	sip.HeaderAuthorization: (*Names).credentials, sip.HeaderProxyAuthorization: (*Names).credentials,
	sip.HeaderWWWAuthenticate: (*Names).credentials, sip.HeaderProxyAuthenticate: (*Names).credentials,

	sip.HeaderAccept: (*Names).plain, sip.HeaderAllow: (*Names).plain, sip.HeaderAllowEvents: (*Names).plain, sip.HeaderExpires: (*Names).plain,
	sip.HeaderMaxForwards: (*Names).plain, sip.HeaderMinExpires: (*Names).plain, sip.HeaderMinSE: (*Names).plain,
	sip.HeaderPEarlyMedia: (*Names).plain, sip.HeaderPriority: (*Names).plain, sip.HeaderPrivacy: (*Names).plain,
	sip.HeaderProxyRequire: (*Names).plain, sip.HeaderRAck: (*Names).plain, sip.HeaderRSeq: (*Names).plain, sip.HeaderReferSub: (*Names).plain,
	sip.HeaderRequestDisposition: (*Names).plain, sip.HeaderRequire: (*Names).plain, sip.HeaderSessionExpires: (*Names).plain,
	sip.HeaderSubscriptionState: (*Names).plain, sip.HeaderSupported: (*Names).plain, sip.HeaderUnsupported: (*Names).plain,
	sip.HeaderInfoPackage: (*Names).plain, sip.HeaderRecvInfo: (*Names).plain, sip.HeaderFlowTimer: (*Names).plain,
	sip.HeaderMaxBreadth: (*Names).plain, sip.HeaderAnswerMode: (*Names).plain,
}

// one appends the one address of a value, in which commas mean nothing.
func (n *Names) one(dst, value []byte) []byte {
	a, _ := sip.ParseAddress(value)
	if len(a.URI) == 0 {
		return dst
	}
	return n.address(dst, &a)
}

// plain appends a value of tokens, where none of them is a name that was replaced before.
func (n *Names) plain(dst, value []byte) []byte {
	if !isPlain(value) {
		return dst
	}
	for word := range bytes.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" ,;=/*", r) }) {
		if _, known := n.ids["user "+string(word)]; known {
			return dst
		}
	}
	return append(dst, value...)
}

// first appends what stands before the parameters and comments.
func (n *Names) first(dst, value []byte) []byte {
	if end := bytes.IndexAny(value, ";(, "); end >= 0 {
		value = value[:end]
	}
	return n.plain(dst, value)
}

func (n *Names) etag(dst, value []byte) []byte { return append(dst, n.id("etag", value)...) }

func (n *Names) agent(dst, value []byte) []byte { return append(dst, n.id("agent", value)...) }

func (n *Names) callIDs(dst, value []byte) []byte {
	for i, id := range bytes.Split(value, []byte(",")) {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, n.CallID(bytes.TrimSpace(id))...)
	}
	return dst
}

// sessionID appends a Session-ID (RFC 7989): 32 hexadecimal digits, and those of the other side.
func (n *Names) sessionID(dst, value []byte) []byte {
	value, params, _ := bytes.Cut(value, []byte(";"))
	dst = n.uuid(dst, value)
	if remote, ok := sip.Param(append([]byte(";"), params...), "remote"); ok {
		dst = n.uuid(append(dst, ";remote="...), remote)
	}
	return dst
}

func (n *Names) uuid(dst, value []byte) []byte {
	value = bytes.ToLower(bytes.TrimSpace(value))
	if len(bytes.Trim(value, "0")) == 0 { // the one of a side that is not known
		return append(dst, strings.Repeat("0", 32)...)
	}
	return fmt.Appendf(dst, "%032x", n.number("uuid", string(value)))
}

// event appends an event package with its identifiers.
func (n *Names) event(dst, value []byte) []byte {
	name, params, _ := bytes.Cut(value, []byte(";"))
	if !isPlain(name) || len(params) == 0 {
		return n.plain(dst, name)
	}
	return n.params(append(dst, bytes.TrimSpace(name)...), append([]byte(";"), params...), dialogParams)
}

// reason appends the values of a Reason (RFC 3326) without their texts.
func (n *Names) reason(dst, value []byte) []byte {
	for first := true; len(value) > 0; first = false {
		var one []byte
		one, value = sip.NextValue(value)
		protocol, params, _ := bytes.Cut(one, []byte(";"))
		if protocol = bytes.TrimSpace(protocol); len(protocol) == 0 || !isPlain(protocol) {
			continue
		}
		if !first {
			dst = append(dst, ", "...)
		}
		dst = append(dst, protocol...)
		if cause, ok := sip.Param(append([]byte(";"), params...), "cause"); ok && isNumber(cause) {
			dst = append(append(dst, ";cause="...), cause...)
		}
	}
	return dst
}

// warning appends a Warning without its text.
func (n *Names) warning(dst, value []byte) []byte {
	f := bytes.Fields(value)
	if len(f) < 2 || !isNumber(f[0]) {
		return dst
	}
	host, port, ok := bytes.Cut(f[1], []byte(":"))
	if !ok || !isNumber(port) {
		host = f[1]
	}
	return append(dst, string(f[0])+" "+n.host(host)+` "-"`...)
}

// credentials appends a challenge or an answer to one, which proves nothing any more.
func (n *Names) credentials(dst, value []byte) []byte {
	scheme, rest, _ := bytes.Cut(value, []byte(" "))
	switch strings.ToLower(string(scheme)) {
	case "digest", "ntlm", "kerberos", "tls-dsk", "bearer", "basic":
	default:
		scheme = []byte("Other")
	}
	dst = append(dst, scheme...)
	separator := " "
	for len(rest) > 0 {
		var one []byte
		one, rest = sip.NextValue(rest)
		name, v, _ := bytes.Cut(bytes.TrimSpace(one), []byte("="))
		lower := strings.ToLower(string(bytes.TrimSpace(name)))
		v = bytes.Trim(bytes.TrimSpace(v), `"`)
		var text string
		switch lower {
		case "realm":
			text = strconv.Quote(n.realm(v))
		case "username":
			text = strconv.Quote(n.account(v))
		case "uri":
			text = `"` + string(n.uri(nil, v)) + `"`
		case "nonce", "cnonce", "opaque":
			text = strconv.Quote(n.id(lower, v))
		case "response":
			text = `"` + strings.Repeat("0", 32) + `"`
		case "algorithm", "qop", "nc", "stale":
			if !isPlain(v) {
				continue
			}
			if text = string(v); lower == "qop" && bytes.Contains(v, []byte(",")) {
				text = strconv.Quote(text)
			}
		default:
			continue
		}
		dst = append(dst, separator+lower+"="+text...)
		separator = ", "
	}
	return dst
}

func (n *Names) realm(v []byte) string {
	if bytes.IndexByte(v, ' ') >= 0 {
		return n.id("realm", v)
	}
	return n.host(v)
}

func (n *Names) account(v []byte) string {
	user, host, ok := bytes.Cut(v, []byte("@"))
	if !ok {
		return n.user(v)
	}
	return n.user(user) + "@" + n.host(host)
}
