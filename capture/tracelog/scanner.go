package tracelog

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/capture"
)

// headRange is how many lines after its head a message may begin.
const headRange = 14

// maxWrapped is how many lines a start line may be broken into.
const maxWrapped = 4

// scanner finds the messages of a text.
type scanner struct {
	pages pages
	msg   message
	in    bool // a message is being read

	head        head // of the message that comes next
	headLine    int  // where it was last added to
	last        int64
	bracket     stamp           // the last time in brackets at the beginning of a line
	bracketLine int             // … and where that was
	dated       int64           // the last time with a day in lines without a message
	dotted      bool            // lines end in a dot where they ended in CR
	flow        int             // number of the last caption, 0 before the first
	parties     map[string]bool // that captions name
	zone        *time.Location  // of times that name none; nil if it is not known
	date        time.Time       // day of the first time without one; zero if it is not known
	prefix      []byte          // of syslog, before each line of the message in hand: host and program

	// What the head of a server's record has said so far.
	sent, directed bool
	peer, local    netip.AddrPort
	addr           [4][]byte // of sipdump

	gaps    int    // empty lines among header fields, in a record whose fields an empty line does not end
	escaped []byte // scratch
	tshark  tshark
	follow  follow
}

// verdict says what a line is to the message that is being read.
type verdict uint8

const (
	goesOnHere verdict = iota
	endsHere           // with this line
	endsBefore         // this line, which is to be looked at again
)

// begin begins the head of a message.
func (s *scanner) begin(d Dialect, until end, at stamp) {
	s.head = head{dialect: d, until: until}
	s.setStamp(at)
	s.dotted, s.sent, s.directed = false, false, false
	s.peer, s.local = netip.AddrPort{}, netip.AddrPort{}
	s.headLine = s.pages.number
}

// setStamp sets the time of the message that comes next.
func (s *scanner) setStamp(at stamp) {
	if at.clock == capture.ClockUndated {
		at.wrap(s.last)
		s.last = max(s.last, at.at)
		if !s.date.IsZero() {
			at = at.on(s.date)
		}
	}
	if at.local && s.zone != nil {
		at = at.in(s.zone)
	}
	s.head.stamp = at
}

// next returns the next message, borrowed until the call after. cut says that the text ended within it. At the end it returns the
// error of the text, io.EOF as a rule.
func (s *scanner) next() (m *message, cut bool, err error) {
	for {
		line, err := s.pages.next()
		if err != nil {
			if s.in {
				s.in = false
				if s.msg.valid() {
					return &s.msg, s.msg.until != untilGap && !s.msg.full(), nil
				}
			}
			if s.tshark.last() && s.msg.valid() {
				return &s.msg, false, nil
			}
			return nil, false, err
		}
		if !s.in {
			if s.outside(line) {
				return &s.msg, false, nil
			}
			continue
		}
		switch s.inside(line) {
		case goesOnHere:
			continue
		case endsBefore:
			s.pages.unread()
		}
		s.in = false
		if s.msg.valid() {
			return &s.msg, false, nil
		}
	}
}

// outside takes a line that belongs to no message. It reports whether the line holds a whole message.
func (s *scanner) outside(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	if v, ok := field(line, "Start-Line"); ok {
		if s.tooFar() || s.head.dialect != Server {
			s.begin(Server, untilGap, noStamp)
		}
		s.start(line, v)
		return false
	}
	if s.tshark.line(s, line) {
		return s.tshark.done()
	}
	s.noteDay(line)
	s.noteBracket(line)
	if s.followPiece(line) || s.readHead(line) {
		return false
	}
	switch s.head.dialect {
	case Server:
		s.serverField(line)
	case Kamailio:
		s.dumpField(line)
	}
	if s.dotted {
		line = bytes.TrimSuffix(line, []byte("."))
	}
	if s.whole(line) {
		return true
	}
	if start, ok := startLine(line); ok {
		s.startAfter(line, start)
	} else if beginsRequest(line) {
		s.startAfter(line, bytes.TrimSpace(line))
	}
	return false
}

// tooFar reports whether the last head is too far before the line in hand to belong to it.
func (s *scanner) tooFar() bool { return s.pages.number-s.headLine > headRange }

// startAfter begins a message whose start line was found in a line, perhaps after a time.
func (s *scanner) startAfter(line, start []byte) {
	if s.tooFar() {
		s.head = head{stamp: noStamp, begins: s.head.begins}
	}
	if len(start) < len(line) && !s.head.known() {
		if at, _, ok := readStamp(line); ok {
			s.setStamp(at)
		}
	}
	s.start(line, start)
}

// start begins a message.
func (s *scanner) start(line, start []byte) {
	s.msg.begin(s.head, s.pages.number, start)
	s.msg.indent = len(line) - len(bytes.TrimLeft(line, " "))
	s.msg.hanging = len(bytes.TrimSpace(line)) > len(start)
	if _, complete := startLine(start); !complete {
		s.msg.wrapped = maxWrapped
	}
	s.gaps = 0
	s.in = true
	if sender, _, ok := syslog(line); ok {
		s.prefix = append(s.prefix[:0], sender...)
	} else {
		s.prefix = s.prefix[:0]
	}
	s.head = head{stamp: noStamp, dialect: s.head.dialect}
	if s.flow == 0 {
		s.head.dialect = Plain
	}
	s.headLine = s.pages.number
}

// inside takes a line while a message is being read.
func (s *scanner) inside(line []byte) verdict {
	m := &s.msg
	if len(s.prefix) > 0 {
		if sender, text, ok := syslog(line); ok {
			if !bytes.Equal(sender, s.prefix) {
				return goesOnHere // another program logs between the lines
			}
			m.hanging, line = false, text
		}
	}
	if m.hanging {
		m.hanging = false
		m.hang(line)
	}
	if v := s.terminated(line); v != goesOnHere {
		return v
	}
	if s.dotted {
		line = bytes.TrimSuffix(line, []byte("."))
	}
	line = unindent(line, m.indent)
	if m.inBody {
		return s.body(line)
	}
	return s.header(line)
}

// unindent takes off up to n blanks.
func unindent(line []byte, n int) []byte {
	for n > 0 && len(line) > 0 && line[0] == ' ' {
		line, n = line[1:], n-1
	}
	return line
}

// terminated looks for what the text ends a message with.
func (s *scanner) terminated(line []byte) verdict {
	switch s.msg.until {
	case untilGap:
		if s.msg.dialect == FreeSWITCH {
			return s.sofiaEnds(line)
		}
	case untilRecord:
		if bytes.HasPrefix(line, []byte("$$end_record")) {
			return endsHere
		}
		if bytes.Contains(line, []byte("$$begin_record")) {
			s.msg.cut = true
			return endsBefore
		}
	case untilStamp:
		if isClientLine(line) {
			return endsBefore
		}
	case untilBars:
		if repeats(line, '|', 20) {
			return endsHere
		}
		if repeats(line, '=', 20) {
			s.msg.cut = true
			return endsBefore
		}
	case untilArrow:
		if bytes.HasPrefix(line, []byte("<---")) || bytes.HasPrefix(line, []byte("[")) || s.msg.full() {
			return endsBefore
		}
		if repeats(line, '-', 3) || bytes.HasPrefix(line, []byte("--- (")) {
			return endsHere
		}
	case untilDashes:
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("--------------------")) {
			if s.msg.dialect == SIPp {
				return endsBefore
			}
			return endsHere
		}
	}
	return goesOnHere
}
