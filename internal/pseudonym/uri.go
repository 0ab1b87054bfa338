package pseudonym

import (
	"bytes"
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

// unreadable stands for a URI that cannot be read.
const unreadable = "sip:unreadable.invalid"

// uri appends a URI with other names.
func (n *Names) uri(dst, original []byte) []byte {
	if string(original) == "*" {
		return append(dst, '*')
	}
	u, ok := sip.ParseURI(original)
	if !ok {
		return append(dst, unreadable...)
	}
	scheme := strings.ToLower(string(u.Scheme))
	switch scheme {
	case "sip", "sips":
		dst = append(dst, scheme+":"...)
		if u.User != nil {
			dst = append(append(dst, n.user(u.User)...), '@')
		}
		dst = append(dst, n.host(u.Host)...)
		if u.Port > 0 {
			dst = strconv.AppendInt(append(dst, ':'), int64(u.Port), 10)
		}
		return n.headers(n.params(dst, u.Params, uriParams), u.Headers)
	case "tel":
		return n.params(append(dst, "tel:"+n.user(u.User)...), u.Params, uriParams)
	case "pres", "im", "mailto", "xmpp":
		user, host, _ := bytes.Cut(u.User, []byte("@"))
		return append(dst, scheme+":"+n.user(user)+"@"+n.host(host)...)
	case "urn":
		if isPlain(u.User) && bytes.HasPrefix(u.User, []byte("service:")) {
			return append(append(dst, "urn:"...), u.User...)
		}
	}
	return append(dst, "urn:x:"+n.id("id", original)...)
}

// headers appends the one header of a URI that matters for what follows (RFC 3891 section 4).
func (n *Names) headers(dst, headers []byte) []byte {
	for _, h := range bytes.Split(headers, []byte("&")) {
		name, value, _ := bytes.Cut(h, []byte("="))
		if strings.EqualFold(string(name), "replaces") {
			text := string(n.dialog(nil, unescape(value)))
			return append(dst, "?Replaces="+strings.NewReplacer("@", "%40", ";", "%3B", "=", "%3D").Replace(text)...)
		}
	}
	return dst
}

// dialog appends a Call-ID with tags, as Replaces has them.
func (n *Names) dialog(dst, value []byte) []byte {
	callID, params, _ := bytes.Cut(value, []byte(";"))
	dst = append(dst, n.CallID(bytes.TrimSpace(callID))...)
	if len(params) == 0 {
		return dst
	}
	return n.params(dst, append([]byte(";"), params...), dialogParams)
}

// address appends a name-addr or an addr-spec with the parameters after it.
func (n *Names) address(dst []byte, a *sip.Address) []byte {
	if string(a.URI) == "*" {
		return append(dst, '*')
	}
	if len(a.Display) > 0 {
		dst = append(dst, `"`+n.id("Name ", a.Display)+`" `...)
	}
	dst = append(n.uri(append(dst, '<'), a.URI), '>')
	return n.params(dst, a.Params, addressParams)
}

// addresses appends a list of addresses.
func (n *Names) addresses(dst, value []byte) []byte {
	for first := true; len(value) > 0; first = false {
		var a sip.Address
		if a, value = sip.NextAddress(value); len(a.URI) == 0 {
			continue
		}
		if !first {
			dst = append(dst, ", "...)
		}
		dst = n.address(dst, &a)
	}
	return dst
}

// via appends the values of a Via.
func (n *Names) via(dst, value []byte) []byte {
	for first := true; len(value) > 0; first = false {
		var v sip.Via
		if v, value = sip.NextVia(value); len(v.Host) == 0 {
			continue
		}
		if !first {
			dst = append(dst, ", "...)
		}
		transport := strings.ToUpper(string(v.Transport))
		switch transport {
		case "UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS":
		default:
			transport = "UDP"
		}
		dst = append(dst, "SIP/2.0/"+transport+" "+n.host(v.Host)...)
		if v.Port > 0 {
			dst = strconv.AppendInt(append(dst, ':'), int64(v.Port), 10)
		}
		dst = n.params(dst, v.Params, viaParams)
	}
	return dst
}

// branch returns what stands for a branch. It begins with the magic cookie where the original did.
func (n *Names) branch(original []byte) string {
	lower := bytes.ToLower(original)
	if bytes.HasPrefix(lower, bytes.ToLower([]byte(sip.MagicCookie))) {
		return sip.MagicCookie + n.id("branch", lower)
	}
	return n.id("branch", lower)
}
