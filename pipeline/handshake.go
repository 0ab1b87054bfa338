package pipeline

import (
	"sipspan/decode/tls"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// handshake is one direction of a connection to a port of SIP that begins as TLS does. It is followed until it is
// encrypted or fails: why a proxy could not pass a request on may show in it.
type handshake struct {
	scanner tls.Scanner
	opener  bool // it sent the ClientHello
	sealed  bool // it has come to where all is encrypted
	told    bool // that it failed
}

// handshakeOf returns the handshake of a direction, nil if that is none.
func handshakeOf(f *reassembly.Flow) *handshake {
	d, _ := f.User.(*direction)
	if d == nil {
		return nil
	}
	return d.tls
}

// begin looks at the first bytes of a direction: whether a handshake begins with them, or whether they are no answer to one.
func (fr *framer) begin(f *reassembly.Flow, d *direction, now int64, data []byte) {
	if f.MidStream || f.Gap || !sipPort(f.Src.Port()) && !sipPort(f.Dst.Port()) {
		return
	}
	if tls.Opens(data) {
		d.tls = new(handshake)
	} else if other := handshakeOf(f.Reverse()); other != nil && other.opener {
		fr.failed(f, now, other, wire.NetworkEvent{Kind: wire.HandshakeForeign})
	}
}

// shake follows a handshake. It returns how many bytes are done with, or reassembly.Ignore when nothing more shows.
func (fr *framer) shake(f *reassembly.Flow, d *direction, now int64, data []byte) int {
	h := d.tls
	for done := 0; ; {
		n, sign := h.scanner.Next(data[done:])
		done += n
		switch sign {
		case tls.Nothing:
			if f.Final {
				return len(data)
			}
			return done
		case tls.Hello:
			h.opener = true
		case tls.Broken:
			kind := wire.HandshakeBroken
			if carriesSIP(f.Reverse()) {
				kind = wire.HandshakeExpected
			}
			fr.failed(f, now, h, wire.NetworkEvent{Kind: kind, Alert: h.scanner.Alert})
			return reassembly.Ignore
		case tls.BrokenBlind:
			fr.failed(f, now, h, wire.NetworkEvent{Kind: wire.HandshakeBrokenBlind})
			return reassembly.Ignore
		case tls.Sealed:
			h.sealed = true
			return reassembly.Ignore
		case tls.Foreign:
			return reassembly.Ignore
		}
	}
}

// failed tells the sessions once that a handshake failed by the sender of f.
func (fr *framer) failed(f *reassembly.Flow, now int64, h *handshake, e wire.NetworkEvent) {
	if other := handshakeOf(f.Reverse()); h.told || other != nil && other.told {
		return
	}
	h.told = true
	e.Time, e.From = now, f.Src.Addr()
	if e.Src, e.Dst = f.Dst, f.Src; h.opener && h == handshakeOf(f) {
		e.Src, e.Dst = f.Src, f.Dst
	}
	(*reader)(fr).event(&e, allShards)
}

// abandoned tells the sessions when a connection ends before its handshake does: closed or reset by the sender of f.
func (fr *framer) abandoned(f *reassembly.Flow, now int64, how reassembly.End) {
	own, other := handshakeOf(f), handshakeOf(f.Reverse())
	h := own
	if h == nil {
		h = other
	}
	switch {
	case h == nil, own != nil && own.sealed, h != own && !h.opener:
		return
	case how == reassembly.EndReset && (*reader)(fr).pkt.Src != f.Src:
		f = f.Reverse()
	case how != reassembly.EndReset && how != reassembly.EndFIN:
		return
	}
	fr.failed(f, now, h, wire.NetworkEvent{Kind: wire.HandshakeClosed})
}
