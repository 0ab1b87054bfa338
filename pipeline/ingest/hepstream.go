package ingest

import (
	"bytes"

	"sipspan/decode/hep"
	"sipspan/reassembly"
)

// hepStream reads one direction of a TCP connection as HEP, where that is wanted, and otherwise ignores it as that.
type hepStream struct {
	in   *Ingest
	lost bool // the place of the next packet is not known
}

var hepMagic = []byte("HEP3")

// mayBecomeHEP reports whether the first bytes of a direction are too few to tell a packet from something else that begins alike, such
// as HTTP, and more of them may follow.
func mayBecomeHEP(f *reassembly.Flow, data []byte) bool {
	return !f.Final && len(data) < len(hepMagic) && hep.MayBegin(data)
}

// openHEP takes a direction that begins with a packet, and one from the middle in which a packet begins.
func openHEP(in *Ingest, f *reassembly.Flow, _ int64, data []byte) streamReader {
	if bytes.HasPrefix(data, hepMagic) {
		return &hepStream{in: in}
	}
	if (f.MidStream || f.Gap) && in.hep.Read && hep.Length(data[max(0, bytes.Index(data, hepMagic)):]) > 0 {
		return &hepStream{in: in, lost: true}
	}
	return nil
}

// isHEP reports whether a direction is read as HEP.
func isHEP(f *reassembly.Flow) bool {
	_, ok := f.User.(*hepStream)
	return ok
}

// data cuts the stream into packets.
func (s *hepStream) data(f *reassembly.Flow, _ int64, data []byte) int {
	in := s.in
	if !in.hep.Read {
		in.outcome.why = IgnoredHEP
		return reassembly.Ignore
	}
	done := 0
	for done < len(data) {
		rest := data[done:]
		if s.lost && !s.find(&rest) {
			return len(data) - len(rest)
		}
		done = len(data) - len(rest)
		n := hep.Length(rest)
		switch {
		case len(rest) < hep.Header && hep.MayBegin(rest):
			return done
		case n == 0:
			in.outcome.why = IgnoredHEPInvalid
			s.lost = true
			done++
			continue
		case n > len(rest):
			return done
		}
		if in.trail != nil {
			from := f.Seq + uint32(done)
			in.trail.span = span{flow: f, from: from, to: from + uint32(n)}
		}
		if why := in.hep.captured(rest[:n]); why < taken {
			in.outcome.why = why
		}
		done += n
	}
	return done
}

// find moves data on to where a packet may begin. It returns false if none does; what may be the beginning of one is left.
func (s *hepStream) find(data *[]byte) bool {
	i := bytes.Index(*data, hepMagic)
	if i >= 0 {
		*data = (*data)[i:]
		s.lost = false
		return true
	}
	for i = max(0, len(*data)-len(hepMagic)+1); i < len(*data) && !hep.MayBegin((*data)[i:]); i++ {
	}
	*data = (*data)[i:]
	return false
}

// gap notes that bytes were lost.
func (s *hepStream) gap(int) { s.lost = true }
