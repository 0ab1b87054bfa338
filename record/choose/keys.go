package choose

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"sipspan/record"
)

// Key stands for something that records are looked up by: an id, a Call-ID, the number or the name of a side, an address. It has 47 bits. Few
// different things have the same key, so that a record that is found by one still has to match.
type Key int64

// keyDigits is how many digits at its end a number is looked up by. All ways to write a number that Number.Match takes as the same one agree in them.
const keyDigits = shortNumber - 1

func keyOf(what byte, value string) Key {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write([]byte{what})
	_, _ = d.WriteString(value)
	return Key(d.Sum64() >> 17)
}

// What keys are of.
const (
	keyID     = 'i'
	keyCallID = 'c'
	keyNumber = 'n'
	keyName   = 'u'
	keyAddr   = 'a'
)

// AppendKeys appends the keys of a record to dst, each once.
func AppendKeys(dst []Key, r record.Record) []Key {
	begin := len(dst)
	add := func(what byte, value string) {
		if k := keyOf(what, value); value != "" && !slices.Contains(dst[begin:], k) {
			dst = append(dst, k)
		}
	}
	f := factsOf(r)
	add(keyID, f.head.ID)
	add(keyCallID, f.head.CallID)
	for _, s := range f.uris {
		if u, ok := splitURI(s); ok {
			add(keyName, strings.ToLower(u.name))
			if n, ok := readNumber(u.name, false); ok {
				add(keyNumber, n.ending())
			}
		}
	}
	for _, s := range f.addrs {
		if a, err := netip.ParseAddrPort(s); err == nil {
			add(keyAddr, a.Addr().Unmap().String())
		}
	}
	return dst
}

// CallIDKey returns the key of a Call-ID.
func CallIDKey(callID string) Key { return keyOf(keyCallID, callID) }

// ending returns the digits that a number is looked up by.
func (n *Number) ending() string { return n.digits[max(0, len(n.digits)-keyDigits):] }

// Keys returns keys of which each record that matches has at least one. ok is false where the records that match need not have a key in common.
func (c *Choice) Keys() (keys []Key, ok bool) { return c.keys, c.keys != nil }

// Span returns the times between which every record began that matches and whose time is known to the second and with its zone. The zero time stands
// for no limit.
func (c *Choice) Span() (since, until time.Time) { return c.since, c.until }

// narrow takes the keys of a condition, of which each value has to have some. The first condition that has keys is kept.
func (c *Choice) narrow(values []string, keysOf func(string) []Key) {
	if c.keys != nil || keysOf == nil {
		return
	}
	var keys []Key
	for _, v := range values {
		of := keysOf(v)
		if len(of) == 0 {
			return
		}
		keys = append(keys, of...)
	}
	slices.Sort(keys)
	c.keys = slices.Compact(keys)
}

// open reports whether anything may stand before or after a text.
func open(value string) bool { return strings.HasPrefix(value, "*") || strings.HasSuffix(value, "*") }

func exactly(what byte, value string) []Key {
	if open(value) {
		return nil
	}
	return []Key{keyOf(what, value)}
}

func keysOfID(value string) []Key { return []Key{keyOf(keyID, value)} }

func keysOfCallID(value string) []Key { return exactly(keyCallID, value) }

func keysOfNumber(value string) []Key {
	n, err := ParseNumber(value)
	if err != nil || n.before || n.after {
		return nil
	}
	return []Key{keyOf(keyNumber, n.ending())}
}

// keysOfUser takes a value as a name, as name@host and as a URI, since user does.
func keysOfUser(value string) []Key {
	if open(value) {
		return nil
	}
	value = strings.ToLower(value)
	name, _, _ := strings.Cut(value, "@")
	keys := []Key{keyOf(keyName, value), keyOf(keyName, name)}
	if u, ok := splitURI(value); ok {
		keys = append(keys, keyOf(keyName, u.name))
	}
	return append(keys, keysOfNumber(value)...)
}

func keysOfPeer(value string) []Key {
	if addr, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return []Key{keyOf(keyAddr, addr.Unmap().String())}
	}
	if end, err := netip.ParseAddrPort(value); err == nil {
		return []Key{keyOf(keyAddr, end.Addr().Unmap().String())}
	}
	return nil
}
