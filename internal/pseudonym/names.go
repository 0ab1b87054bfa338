package pseudonym

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Names holds what stands for what. Its zero value is ready to use. It is for one goroutine.
type Names struct {
	ids    map[string]string // by kind and original
	counts map[string]int    // by kind
	addrs  map[netip.Addr]netip.Addr
}

// name returns what stands for an original of some kind, which give makes of the number of the original in its kind, from 1.
func (n *Names) name(kind string, original []byte, give func(number int) string) string {
	key := kind + " " + string(original)
	if known, ok := n.ids[key]; ok {
		return known
	}
	if n.ids == nil {
		n.ids, n.counts = map[string]string{}, map[string]int{}
	}
	n.counts[kind]++
	given := give(n.counts[kind])
	n.ids[key] = given
	return given
}

// id returns what stands for an identifier: its kind and a number.
func (n *Names) id(kind string, original []byte) string {
	return n.name(kind, original, func(number int) string { return kind + strconv.Itoa(number) })
}

// CallID returns what stands for a Call-ID.
func (n *Names) CallID(original []byte) string { return n.id("call", original) }

// user returns what stands for the user part of a URI. A number stays a number of the same length with what stands before it, so that
// the same one with + and with 00 is still the same.
func (n *Names) user(original []byte) string {
	original, _, _ = bytes.Cut(original, []byte(":")) // a password
	original, _, _ = bytes.Cut(original, []byte(";"))
	original = unescape(original)
	if len(original) == 0 || strings.EqualFold(string(original), "anonymous") {
		return strings.ToLower(string(original))
	}
	prefix, digits := "", bytes.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, original)
	for _, p := range []string{"+", "00"} {
		if rest, ok := bytes.CutPrefix(digits, []byte(p)); ok && len(rest) > 0 {
			prefix, digits = p, rest
			break
		}
	}
	if len(bytes.Trim(digits, "0123456789")) > 0 {
		return n.id("user", original)
	}
	return prefix + n.name("number", digits, func(number int) string { return fmt.Sprintf("99%0*d", max(len(digits)-2, 4), number) })
}

// host returns what stands for a host name or an address, with the brackets that it had. A domain keeps its hosts.
func (n *Names) host(original []byte) string {
	text := strings.ToLower(strings.TrimSuffix(string(original), "."))
	bare, bracketed := strings.CutPrefix(text, "[")
	bare = strings.TrimSuffix(bare, "]")
	if a, err := netip.ParseAddr(bare); err == nil {
		if text = n.Addr(a).String(); bracketed {
			text = "[" + text + "]"
		}
		return text
	}
	switch text {
	case "", "anonymous.invalid", "localhost":
		return text
	}
	labels := strings.Split(text, ".")
	if len(labels) == 1 {
		return n.id("host", []byte(text))
	}
	last := len(labels) - 2
	domain := n.id("domain", []byte(strings.Join(labels[last:], "."))) + ".example"
	if last == 0 {
		return domain
	}
	return n.id("host", []byte(text)) + "." + domain
}

// Addr returns the address that stands for an address. Addresses of one network, /24 or /64, stay in one network, and what is private,
// shared, local or public stays so. Public ones become addresses that are reserved for benchmarks and documentation (RFC 2544, RFC 3849).
// Loopback, multicast and unspecified addresses name nobody and stay.
func (n *Names) Addr(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return a
	}
	if known, ok := n.addrs[a]; ok {
		return known
	}
	if n.addrs == nil {
		n.addrs = map[netip.Addr]netip.Addr{}
	}
	bits := 64
	if a.Is4() {
		bits = 24
	}
	network, _ := a.Prefix(bits)
	kind := rangeOf(a)
	net := n.number(kind.name, network.String()) - 1
	host := n.number("net "+network.String(), a.String())
	given := kind.make(uint32(net), uint32(host))
	n.addrs[a] = given
	return given
}

// number returns the number of an original in its kind, from 1.
func (n *Names) number(kind, original string) (number int) {
	n.name(kind, []byte(original), func(k int) string { number = k; return strconv.Itoa(k) })
	if number == 0 {
		number, _ = strconv.Atoi(n.ids[kind+" "+original])
	}
	return number
}

// unescape takes the escapes out of a part of a URI (RFC 3261 section 19.1.2).
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '%') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) {
			if v, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}
