package wire

import (
	"net/netip"

	"sipspan/record"
)

// TLSConnection is what was seen of a TLS connection that carries or may carry SIP.
type TLSConnection struct {
	Record     record.TLS // as far as it is known without Cause
	Src, Dst   netip.Addr
	HasFailure bool         // it failed or was reset:
	Failure    NetworkEvent // how
}
