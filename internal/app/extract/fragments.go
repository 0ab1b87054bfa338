package extract

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/internal/packet"
)

// datagram names an IP datagram that comes in fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
type datagram struct {
	src, dst netip.Addr
	id       uint32
}

// datagrams holds the times of the first fragments of datagrams with media. They alone have ports, and they need not be the first to be captured.
type datagrams map[datagram][]int64

const (
	// maxDatagrams is how many datagrams in fragments are found. The media of further ones are left out.
	maxDatagrams = 1 << 18
	// fragmentsWithin is how far the fragments of one datagram are apart at most: after that a receiver has given it up (RFC 8200 section 4.5).
	fragmentsWithin = int64(time.Minute)
	protoUDP        = 17
)

// findDatagrams reads the captures for the first fragments of datagrams with media of the sessions.
func (c *copying) findDatagrams(ctx context.Context, captures []string, o pcapfile.Options) error {
	source, err := pcapfile.Open(captures, o)
	if err != nil {
		return err
	}
	defer source.Close()
	var f capture.Frame
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		p := &c.packet
		if p.Walk(uint16(f.Link), f.Data) != packet.VerdictFragment || p.Fragment.Proto != protoUDP || p.Fragment.Offset != 0 || len(p.Payload) < 4 {
			continue
		}
		frag := &p.Fragment
		src := netip.AddrPortFrom(frag.Src, binary.BigEndian.Uint16(p.Payload))
		dst := netip.AddrPortFrom(frag.Dst, binary.BigEndian.Uint16(p.Payload[2:]))
		if c.fragmented < maxDatagrams && c.media.holds(src, dst, f.Time) {
			c.fragmented++
			of := datagram{frag.Src, frag.Dst, frag.ID}
			c.datagrams[of] = append(c.datagrams[of], f.Time)
		}
	}
}

// holds reports whether a fragment is of one of the datagrams.
func (d datagrams) holds(frag *packet.Fragment, at int64) bool {
	if frag.Proto != protoUDP {
		return false
	}
	for _, first := range d[datagram{frag.Src, frag.Dst, frag.ID}] {
		if at-first <= fragmentsWithin && first-at <= fragmentsWithin {
			return true
		}
	}
	return false
}
