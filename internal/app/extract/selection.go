package extract

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sipspan/pipeline/messages"
	"sipspan/record"
)

// selection is which sessions are wanted, and which frames hold them.
type selection struct {
	wanted      *Wanted
	notes       map[string]*note // by Call-ID
	chosen      map[string]bool
	frames      map[frameOf][]string // what to copy, with comments
	connections map[ends]int64       // time of the last message
	media       media
	anew        *anew // nil: frames are copied
	done        Done
}

func newSelection(w *Wanted) *selection {
	return &selection{
		wanted: w, notes: map[string]*note{}, chosen: map[string]bool{}, frames: map[frameOf][]string{}, connections: map[ends]int64{},
		media: media{},
	}
}

// frameOf names a frame.
type frameOf struct {
	input  int
	number uint64
}

// ends are the two ends of a connection, the lower one first.
type ends struct{ low, high netip.AddrPort }

func endsOf(a, b netip.AddrPort) ends {
	if b.Compare(a) < 0 {
		return ends{b, a}
	}
	return ends{a, b}
}

// note is what is written beside the messages of a Call-ID.
type note struct {
	records []string
	status  int           // of the message that shows the failure, 0 where none does
	cause   *record.Cause // what is written beside that, nil without a failure
	first   *frameOf
	shows   *frameOf // the message that shows the failure best, see rank; nil while none does
	rank    int
}

// take takes a record.
func (s *selection) take(r record.Record) error {
	h := r.Head()
	if h.CallID == "" || !s.wanted.Matches(r) {
		return nil
	}
	s.done.Records++
	s.chosen[h.CallID] = true
	n := s.notes[h.CallID]
	if n == nil {
		n = new(note)
		s.notes[h.CallID] = n
	}
	n.records = append(n.records, r.Kind().String()+" "+h.ID)
	if status, cause := record.Ended(r); cause != nil && n.cause == nil {
		n.status, n.cause = status, cause
	}
	if call, ok := r.(*record.Call); ok && s.wanted.Related {
		for _, link := range call.Related {
			s.chosen[link.CallID] = true
		}
	}
	return nil
}

// message notes the frames of a message.
func (s *selection) message(m messages.Message) error {
	if s.anew != nil {
		if !m.Copy {
			s.done.Messages++
			s.anew.message(&m)
		}
		return nil
	}
	for _, p := range m.Packets {
		f := frameOf{p.Input, p.Number}
		if _, ok := s.frames[f]; !ok {
			s.frames[f] = nil
		}
	}
	if m.Copy || len(m.Packets) == 0 {
		return nil
	}
	s.done.Messages++
	if m.Carrier[0].IsValid() {
		key := endsOf(m.Carrier[0], m.Carrier[1])
		s.connections[key] = max(s.connections[key], m.Time)
	}
	if s.wanted.Media {
		s.media.message(&m)
	}
	n := s.notes[m.CallID]
	if n == nil {
		return nil
	}
	last := m.Packets[len(m.Packets)-1]
	f := frameOf{last.Input, last.Number}
	for _, r := range n.records {
		s.comment(f, "sipspan: "+r)
	}
	n.records = nil
	if n.cause != nil && n.status != 0 && strings.HasPrefix(string(m.Bytes), "SIP/2.0 "+strconv.Itoa(n.status)+" ") {
		if rank := rank(n.cause, &m); n.shows == nil || rank > n.rank {
			n.shows, n.rank = &f, rank
		}
	}
	if n.first == nil {
		n.first = &f
	}
	return nil
}

// rank returns how well a response shows a cause: best at the element that generated it, and among those if it is part of the
// evidence, because an ordinary challenge may have the status of the refusal after it.
func rank(cause *record.Cause, m *messages.Message) (n int) {
	if m.Src.String() == cause.Origin {
		n += 2
	}
	if cause.Shows(m.Time) {
		n++
	}
	return n
}

// comment adds a comment to a frame.
func (s *selection) comment(f frameOf, text string) { s.frames[f] = append(s.frames[f], text) }

// finish writes the causes beside the messages that show them, and those that no message shows beside the first one.
func (s *selection) finish() {
	for _, n := range s.notes {
		if n.shows == nil {
			n.shows = n.first
		}
		if n.cause != nil && n.cause.Explanation != "" && n.shows != nil {
			s.comment(*n.shows, "sipspan: "+n.cause.Explanation)
		}
	}
	for _, comments := range s.frames {
		slices.Sort(comments)
	}
}
