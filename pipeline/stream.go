package pipeline

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/record"
)

// undecided is how many bytes of a stream are searched for a first start line before the stream is left alone.
const undecided = 64 << 10

// direction is what the framer remembers of one direction of a connection.
type direction struct {
	sip     bool // a message was found: from now on garbage is resynchronised and never ends the search
	other   bool // it says that it is another protocol
	gap     bool // bytes were lost since the last message
	skipped int  // bytes that belonged to no message, while sip is false
	lead    lead // what these end with
	frame   sip.Framer
	tls     *handshake
}

// framer cuts streams into SIP messages. It is the reader, seen from reassembly.
type framer reader

var _ reassembly.Handler = (*framer)(nil)

// Data implements reassembly.Handler.
func (fr *framer) Data(f *reassembly.Flow, now int64, data []byte) int {
	d, _ := f.User.(*direction)
	if d == nil {
		d = new(direction)
		f.User = d
		fr.begin(f, d, now, data)
	}
	if back, ok := f.Reverse().User.(*direction); ok && back.other && !d.sip {
		return reassembly.Ignore
	}
	if d.tls != nil {
		return fr.shake(f, d, now, data)
	}
	done := 0
	for done < len(data) {
		n, kind := d.frame.Frame(data[done:])
		switch kind {
		case sip.FrameNeed:
			if !f.Final {
				return done
			}
			fr.cut(f, d, now, data[done:])
			return len(data)
		case sip.FrameComplete, sip.FrameHead:
			if !d.sip && fr.reported(d, data[done:done+n]) {
				return fr.ignore(d)
			}
			d.sip = true
			flags := record.Flags(0)
			if kind == sip.FrameHead {
				flags = record.Truncated
			}
			fr.message(f, d, now, data[done:done+n], flags)
		case sip.FrameBody:
			fr.account.Skipped += uint64(n)
		case sip.FrameGarbage, sip.FrameNotSIP, sip.FrameOther:
			if d.sip {
				fr.account.Skipped += uint64(n)
				if holdsHEP(data[done : done+n]) {
					d.other = true
					return fr.ignore(d)
				}
			} else if fr.foreign(f, d, kind, data[done:], n) {
				return fr.ignore(d)
			}
			if n == 0 { // the front of a line: it may yet become a start line
				if !f.Final {
					return done
				}
				return len(data)
			}
		}
		done += n
	}
	return done
}

// ignore leaves a direction alone.
func (fr *framer) ignore(d *direction) int {
	d.lead.text = nil
	return reassembly.Ignore
}

// foreign reports whether a stream without any message so far is to be left alone: at once when it says that it is another
// protocol, or when its first bytes are no text, after a search where the capture began in the middle of it or lost some of it.
// n bytes of rest belong to no message.
func (fr *framer) foreign(f *reassembly.Flow, d *direction, kind sip.FrameKind, rest []byte, n int) bool {
	d.skipped += n
	switch {
	case kind == sip.FrameOther, holdsHEP(rest[:n]):
		d.other = true
		return true
	case kind == sip.FrameNotSIP && !f.MidStream && !f.Gap:
		return len(rest) >= mostLead || f.Final
	}
	d.lead.add(rest[:n])
	return d.skipped > undecided
}

// cut takes what is left of a stream that nothing can follow: a message whose body was lost is still a message, one
// without the end of its header fields is not.
func (fr *framer) cut(f *reassembly.Flow, d *direction, now int64, rest []byte) {
	whole := bytes.Contains(rest, []byte("\r\n\r\n")) || bytes.Contains(rest, []byte("\n\n"))
	if whole && sip.Detect(rest) == sip.SIP {
		fr.message(f, d, now, rest, record.Truncated)
	}
}

// message sends on one framed message.
func (fr *framer) message(f *reassembly.Flow, d *direction, now int64, raw []byte, flags record.Flags) {
	r := (*reader)(fr)
	if r.copiedFrom(f.Src, f.Dst, now, raw) {
		r.repeated = true
		return
	}
	flags |= r.captured
	if d.gap {
		flags |= record.TCPGap
		d.gap = false
	}
	r.message(&wire.Meta{
		Time: now, Src: f.Src, Dst: f.Dst, Transport: wire.TCP, Stream: f.ID, Flags: flags,
	}, raw, sip.PeekCallID(raw))
}

// Gap implements reassembly.Handler.
func (fr *framer) Gap(f *reassembly.Flow, now int64, lost int) {
	if d, ok := f.User.(*direction); ok {
		d.gap = true
		d.frame.Lost(lost)
	}
}

// End implements reassembly.Handler. Why requests are not answered may show in how their connection ended.
func (fr *framer) End(f *reassembly.Flow, now int64, how reassembly.End) {
	(*reader)(fr).ended(f, now, how)
	fr.abandoned(f, now, how)
}
