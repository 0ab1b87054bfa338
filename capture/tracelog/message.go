package tracelog

import (
	"bytes"
	"net/netip"
	"strconv"

	"sipspan/internal/wire"
)

const (
	// maxMessage bounds a message. What follows is skipped.
	maxMessage = 256 << 10
	// unknownLength is the Content-Length of a message that has none, or one that is no number.
	unknownLength = -1
)

// head is what a text says of the message that follows.
type head struct {
	stamp
	src, dst  netip.AddrPort
	transport wire.Transport
	carried   bool // transport is known
	until     end  // how the text ends the message
	dialect   Dialect
	begins    bool // another flow begins
}

// message is a message that is being read.
type message struct {
	head
	line    int    // of its start line
	indent  int    // blanks in front of each of its lines
	hanging bool   // its start line stands after a prefix, and the next line has not been seen
	text    []byte // start line and header fields, each line ended by CR LF
	body    []byte // lines ended by LF
	inBody  bool
	spaced  bool // an empty line follows the start line
	ends    int  // lines in body
	blanks  int  // empty lines at the end of what was read, not yet in body
	cut     bool // something of it was left out

	length    int  // Content-Length
	typed     bool // it has a Content-Type
	sdp       bool // … which is that of a session description
	inner     bool // … which may hold a start line: message/sipfrag and the like
	mandatory int  // header fields that every message has
	open      bool // the last header field may go on in a line without a blank before it
	quoted    bool // … because a quotation is open
	angle     bool // … because an address in <> is
	wrapped   int  // lines that the start line may still go on for; 0 when it is complete
}

// begin starts with a start line.
func (m *message) begin(h head, line int, start []byte) {
	*m = message{head: h, line: line, text: append(m.text[:0], start...), body: m.body[:0], length: unknownLength}
	m.text = append(m.text, '\r', '\n')
}

// minHang is how many blanks there are at least in front of lines that a log aligns below a message that begins after a prefix.
const minHang = 8

// hang takes the indentation of the line after a start line that stands after a prefix, if it is a header field in line with that.
func (m *message) hang(line []byte) {
	text := bytes.TrimLeft(line, " ")
	if n := len(line) - len(text); n >= minHang && headerName(text) > 0 {
		m.indent = n
	}
}

// field adds a header field.
func (m *message) field(line []byte, colon int) {
	if len(m.text)+len(line) > maxMessage {
		m.cut = true
		return
	}
	m.text = append(append(m.text, line...), '\r', '\n')
	name, value := bytes.TrimRight(line[:colon], " \t"), bytes.TrimSpace(line[colon+1:])
	m.quoted = bytes.Count(value, []byte(`"`))%2 == 1
	m.angle = bytes.LastIndexByte(value, '<') > bytes.LastIndexByte(value, '>')
	m.open = len(value) == 0 || goesOn(value) || m.quoted || m.angle
	switch len(name) {
	case 1:
		m.short(name[0]|0x20, value)
		return
	case len("Via"), len("From"), len("To"), len("Call-ID"), len("Content-Type"), len("Content-Length"):
	default:
		return
	}
	switch {
	case bytes.EqualFold(name, []byte("via")):
		m.short('v', value)
	case bytes.EqualFold(name, []byte("from")):
		m.short('f', value)
	case bytes.EqualFold(name, []byte("to")):
		m.short('t', value)
	case bytes.EqualFold(name, []byte("cseq")), len(name) == 7 && bytes.EqualFold(name[:4], []byte("call")):
		m.mandatory++
	case bytes.EqualFold(name[:min(len(name), 8)], []byte("content-")), bytes.EqualFold(name[:min(len(name), 8)], []byte("content ")):
		m.short(map[bool]byte{true: 'c', false: 'l'}[len(name) == len("Content-Type")], value)
	}
}

// short takes a header field by the short form of its name.
func (m *message) short(name byte, value []byte) {
	switch name {
	case 'v':
		m.mandatory++
		m.via(value)
	case 'f', 't', 'i':
		m.mandatory++
	case 'l':
		if n, err := strconv.Atoi(string(value)); err == nil && n >= 0 {
			m.length = n
		}
	case 'c':
		m.typed = true
		m.sdp = bytes.HasPrefix(bytes.ToLower(value), []byte("application/sdp"))
		m.inner = bytes.HasPrefix(bytes.ToLower(value), []byte("message/")) || bytes.HasPrefix(bytes.ToLower(value), []byte("multipart/"))
	}
}

// via takes the transport of the first Via, unless the head has named it: that of a request names what carried it, and that of a
// response what carries it back.
func (m *message) via(value []byte) {
	if m.carried {
		return
	}
	_, after, ok := bytes.Cut(value, []byte("2.0/"))
	if !ok {
		return
	}
	m.transport, m.carried = transportNamed(bytes.TrimLeft(after, " "))
}

// transportNamed reads the name of a transport at the beginning of b.
func transportNamed(b []byte) (t wire.Transport, ok bool) {
	n := 0
	for n < len(b) && b[n]|0x20-'a' < 26 {
		n++
	}
	for i := range wire.NumTransports {
		if bytes.EqualFold(b[:n], []byte(wire.Transport(i).String())) {
			return wire.Transport(i), true
		}
	}
	return 0, false
}

// goesOn reports whether a value that ends so may go on in the next line.
func goesOn(value []byte) bool {
	switch value[len(value)-1] {
	case ',', ';', '=', '-', '/', '&', '?':
		return true
	}
	return false
}

// fold adds a line to the last header field, or to the start line.
func (m *message) fold(line []byte) {
	if len(m.text)+len(line) > maxMessage {
		m.cut = true
		return
	}
	before := bytes.TrimRight(m.text[:len(m.text)-2], " \t")
	m.text = before
	value := bytes.TrimSpace(line)
	if len(value) == 0 {
		m.text = append(m.text, '\r', '\n')
		return
	}
	// Where a typesetter has broken a word, a blank would be one too many.
	if len(before) == 0 {
		m.text = append(append(m.text, value...), '\r', '\n')
		return
	}
	if last := before[len(before)-1]; last != '-' && last != '/' && last != '=' {
		m.text = append(m.text, ' ')
	}
	m.text = append(append(m.text, value...), '\r', '\n')
	m.quoted = m.quoted != (bytes.Count(value, []byte(`"`))%2 == 1)
	m.angle = m.angle && bytes.IndexByte(value, '>') < 0
	m.open = goesOn(value) || m.quoted || m.angle
}

// bodyLine adds a line of the body.
func (m *message) bodyLine(line []byte) {
	if m.inBody = true; len(line) == 0 {
		m.blanks++
		return
	}
	if len(m.body)+m.blanks+len(line) > maxMessage {
		m.cut = true
		return
	}
	m.ends += m.blanks + 1
	for ; m.blanks > 0; m.blanks-- {
		m.body = append(m.body, '\n')
	}
	m.body = append(append(m.body, line...), '\n')
}

// size returns how many bytes the body has, with line ends of two bytes.
func (m *message) size() int { return len(m.body) + m.ends + 2*m.blanks }

// full reports whether the body has as many bytes as the message announces.
func (m *message) full() bool { return m.length >= 0 && m.inBody && m.size() >= m.length }

// valid reports whether what was read is a message, and no line of prose that reads like a start line.
func (m *message) valid() bool { return m.mandatory >= 2 }

// raw appends the message as it was sent, as far as the text shows. It reports whether all of the body is there.
func (m *message) raw(dst []byte) (raw []byte, whole bool) {
	dst = append(append(dst, m.text...), '\r', '\n')
	body := bytes.TrimRight(m.body, "\n")
	if m.length >= 0 {
		all := m.body
		for range m.blanks {
			all = append(all, '\n')
		}
		m.body = all[:len(m.body)]
		crlf := bytes.ReplaceAll(all, []byte("\n"), []byte("\r\n"))
		for _, text := range [2][]byte{crlf, all} {
			if fits(text, m.length) {
				return append(dst, text[:m.length]...), true
			}
		}
	}
	whole = m.length < 0 && !(m.typed && len(body) == 0)
	return append(dst, bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))...), whole
}

// fits reports whether a text is a body of n bytes and nothing but line ends after it.
func fits(text []byte, n int) bool {
	if len(text) < n || len(bytes.Trim(text[n:], "\r\n")) > 0 {
		return false
	}
	return n == len(text) || n == 0 || text[n-1] != '\r' // not within a line end
}
