package pseudonym

import (
	"bytes"
	"strconv"
	"strings"
)

// keptAttributes are those of a session description whose values are kept where they consist of tokens. Others that are not treated below are left
// out: identities, fingerprints, passwords and names of streams are among them.
var keptAttributes = map[string]bool{
	"rtpmap": true, "fmtp": true, "sendrecv": true, "sendonly": true, "recvonly": true, "inactive": true, "ptime": true, "maxptime": true,
	"rtcp-mux": true, "rtcp-fb": true, "rtcp-rsize": true, "mid": true, "group": true, "setup": true, "connection": true, "bundle-only": true,
	"ice-lite": true, "end-of-candidates": true, "silenceSupp": true, "framerate": true, "extmap-allow-mixed": true,
}

// description appends a session description with other names.
func (n *Names) description(dst, body []byte) []byte {
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		before := len(dst)
		dst = append(dst, line[:2]...)
		value := bytes.TrimSpace(line[2:])
		ok := true
		switch line[0] {
		case 'v', 't', 'm', 'b':
			if ok = isPlain(value); ok {
				dst = append(dst, value...)
			}
		case 'o':
			dst, ok = n.origin(dst, value)
		case 's':
			dst = append(dst, '-')
		case 'c':
			dst, ok = n.connection(dst, bytes.Fields(value))
		case 'a':
			dst, ok = n.attribute(dst, value)
		default:
			ok = false
		}
		if !ok {
			dst = dst[:before]
			continue
		}
		dst = append(dst, '\r', '\n')
	}
	return dst
}

// origin appends the value of an o= line. Versions of one session keep their distance.
func (n *Names) origin(dst, value []byte) ([]byte, bool) {
	f := bytes.Fields(value)
	if len(f) < 6 {
		return dst, false
	}
	session := strings.ToLower(string(f[0]) + " " + string(f[1]))
	version, _ := strconv.ParseUint(string(f[2]), 10, 64)
	first := n.name("version", []byte(session), func(int) string { return strconv.FormatUint(version, 10) })
	base, _ := strconv.ParseUint(first, 10, 64)
	dst = append(dst, "- "+strconv.Itoa(n.number("session", session))+" "+strconv.FormatUint(version-base+1, 10)+" "...)
	return n.connection(dst, f[3:])
}

// connection appends a kind of network, a kind of address and an address.
func (n *Names) connection(dst []byte, f [][]byte) ([]byte, bool) {
	if len(f) < 3 || !isPlain(f[0]) || !isPlain(f[1]) {
		return dst, false
	}
	addr, scope, multicast := bytes.Cut(f[2], []byte("/"))
	dst = append(dst, string(f[0])+" "+string(f[1])+" "+n.host(addr)...)
	if multicast && isPlain(scope) {
		dst = append(append(dst, '/'), scope...)
	}
	return dst, true
}

// attribute appends the value of an a= line.
func (n *Names) attribute(dst, value []byte) ([]byte, bool) {
	name, rest, _ := bytes.Cut(value, []byte(":"))
	switch f := bytes.Fields(rest); string(name) {
	case "rtcp":
		if len(f) == 0 || !isNumber(f[0]) {
			return dst, false
		}
		dst = append(dst, "rtcp:"+string(f[0])...)
		if len(f) < 4 {
			return dst, true
		}
		return n.connection(append(dst, ' '), f[1:])
	case "crypto":
		if len(f) < 2 || !isNumber(f[0]) || !isPlain(f[1]) {
			return dst, false
		}
		return append(dst, "crypto:"+string(f[0])+" "+string(f[1])+" inline:"+strings.Repeat("A", 40)...), true
	case "candidate":
		return n.candidate(dst, f)
	default:
		if !keptAttributes[string(name)] || !isPlain(rest) {
			return dst, false
		}
		return append(dst, value...), true
	}
}

// candidate appends a candidate of ICE (RFC 8839 section 5.1).
func (n *Names) candidate(dst []byte, f [][]byte) ([]byte, bool) {
	if len(f) < 8 {
		return dst, false
	}
	dst = append(dst, "candidate:"+n.id("c", f[0])...)
	for i := 1; i < len(f) && i < 12; i++ {
		dst = append(dst, ' ')
		switch {
		case i == 4 || i > 8 && string(f[i-1]) == "raddr":
			dst = append(dst, n.host(f[i])...)
		case i > 8 && (i&1 == 0 && string(f[i]) != "raddr" && string(f[i]) != "rport"):
			return dst[:len(dst)-1], true // extensions
		case isPlain(f[i]):
			dst = append(dst, f[i]...)
		default:
			return dst, false
		}
	}
	return dst, true
}
