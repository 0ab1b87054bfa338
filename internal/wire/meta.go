package wire

import (
	"net/netip"

	"sipspan/record"
)

// Meta says when and between whom a message was seen.
type Meta struct {
	Time      int64 // Unix nanoseconds
	Src, Dst  netip.AddrPort
	Transport Transport
	Whole     bool         // its source knows where it ends, so that Content-Length need not say that, whatever carried it
	Flags     record.Flags // what the capture lost of this message or just before it
	Origin    uint32       // number of where it was captured, see ingest.Origins; 0 for one plain interface
	Stream    uint64       // connection, 0 for datagrams
	Packet    uint64       // number of the packet in its source
}
