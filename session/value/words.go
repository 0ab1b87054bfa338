package value

import (
	"bytes"
	"net/netip"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Clip cuts b to what is kept of a string.
func Clip(b []byte) []byte { return b[:min(len(b), wire.MaxText)] }

// AddressText writes an address and port, "" for an invalid one or a mere name (see wire.Party).
func AddressText(a netip.AddrPort) string {
	if !a.IsValid() || wire.IsParty(a) {
		return ""
	}
	return a.String()
}

// Outside reports whether an address is one of the public network.
func Outside(a netip.Addr) bool {
	return a.IsValid() && a.Zone() == "" && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}

// IsName reports whether a parameter has a name, in any case.
func IsName(b []byte, name string) bool {
	return len(b) == len(name) && strings.EqualFold(string(b), name)
}

// HashTag returns a hash of a tag, 0 for none.
func HashTag(tag []byte) uint64 {
	if len(tag) == 0 {
		return 0
	}
	return xxhash.Sum64(tag)
}

// Seconds reads the digits at the start of b, at most 2^32-1 of them (RFC 3261 section 20.19), and returns -1 when there are none.
func Seconds(b []byte) int {
	n, digits := 0, 0
	for digits < len(b) && b[digits]-'0' <= 9 {
		n = min(n*10+int(b[digits]-'0'), 1<<32-1)
		digits++
	}
	if digits == 0 {
		return -1
	}
	return n
}

// ContactAddress returns the address and port that a contact can be reached at, port 5060 where it names none; it is not
// valid for a host name.
func ContactAddress(uri []byte) netip.AddrPort {
	u, ok := sip.ParseURI(uri)
	if !ok {
		return netip.AddrPort{}
	}
	host, err := netip.ParseAddr(string(bytes.Trim(u.Host, "[]")))
	if err != nil {
		return netip.AddrPort{}
	}
	port := u.Port
	if port == 0 {
		port = 5060
	}
	return netip.AddrPortFrom(host.Unmap(), uint16(port))
}

// Known makes a duration of which 0 is unknown one that a record may have.
func Known(d time.Duration) record.Elapsed { return record.Elapsed{D: d, Known: d > 0} }
