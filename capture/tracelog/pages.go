package tracelog

import "bytes"

// maxHeldBlanks is how many empty lines are held back until it is known whether a page ends there.
const maxHeldBlanks = 16

// pages is a text without what its pages begin and end with, as RFCs and drafts have it: empty lines, a line that ends in
// "[Page 7]", a form feed, a line that names the document. A message may go on across that.
type pages struct {
	lines  *lines
	blanks int // empty lines to be handed on
	held   []byte
	number int // of the line in hand
	ready  bool
	again  bool
	empty  bool // the line in hand is one of blanks
}

// next returns the next line, borrowed until the call after.
func (p *pages) next() ([]byte, error) {
	if p.again {
		p.again = false
		return p.current(), nil
	}
	if p.blanks > 0 {
		p.blanks--
		p.empty = true
		return nil, nil
	}
	p.empty = false
	if p.ready {
		p.ready = false
		return p.held, nil
	}
	return p.read()
}

func (p *pages) current() []byte {
	if p.empty {
		return nil
	}
	return p.held
}

// unread makes next return the last line once more.
func (p *pages) unread() { p.again = true }

func (p *pages) read() ([]byte, error) {
	blanks := 0
	for {
		line, err := p.lines.next()
		if err != nil {
			if blanks > 0 {
				return p.handOn(blanks, false)
			}
			return nil, err
		}
		p.number = p.lines.number
		if isBlank(line) {
			if blanks++; blanks >= maxHeldBlanks {
				return p.handOn(blanks, false)
			}
			continue
		}
		if endsPage(line) {
			p.skipHeader()
			blanks = 0
			continue
		}
		p.held = append(p.held[:0], line...)
		if blanks == 0 {
			return p.held, nil
		}
		return p.handOn(blanks, true)
	}
}

// handOn hands on empty lines, and after them the line that is held if there is one.
func (p *pages) handOn(blanks int, held bool) ([]byte, error) {
	p.blanks, p.ready, p.empty = blanks-1, held, true
	return nil, nil
}

// skipHeader skips what the next page begins with.
func (p *pages) skipHeader() {
	for blanks := 0; blanks < maxHeldBlanks; blanks++ {
		line, err := p.lines.next()
		if err != nil {
			return
		}
		if !isBlank(line) {
			if !isPageHeader(line) {
				p.lines.unread()
				return
			}
			p.skipBlanks()
			return
		}
	}
}

func (p *pages) skipBlanks() {
	for range 4 {
		line, err := p.lines.next()
		if err != nil {
			return
		}
		if !isBlank(line) {
			p.lines.unread()
			return
		}
	}
}

// isBlank reports whether a line has nothing but blanks, non-breaking ones and form feeds among them.
func isBlank(line []byte) bool {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ', c == '\t', c == '\f':
		case c == 0xc2 && i+1 < len(line) && line[i+1] == 0xa0:
			i++
		default:
			return false
		}
	}
	return true
}

// endsPage reports whether a line is the last one of a page.
func endsPage(line []byte) bool {
	line = bytes.TrimRight(line, " \t")
	if len(line) == 0 || line[len(line)-1] != ']' {
		return false
	}
	i := bytes.LastIndex(line, []byte("[Page "))
	if i < 0 {
		return false
	}
	for _, c := range line[i+len("[Page ") : len(line)-1] {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// isPageHeader reports whether a line is the first one of a page of an RFC or a draft.
func isPageHeader(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\f")
	return bytes.HasPrefix(line, []byte("RFC ")) || bytes.HasPrefix(line, []byte("Internet Draft")) ||
		bytes.HasPrefix(line, []byte("Internet-Draft")) || bytes.HasPrefix(line, []byte("INTERNET-DRAFT"))
}
