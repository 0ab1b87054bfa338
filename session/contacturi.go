package session

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
)

// contactAddress returns the address and port that a contact can be reached at, port 5060 where it names none; it is not
// valid for a host name.
func contactAddress(uri []byte) netip.AddrPort {
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
