package presence

import "strings"

// plain reads XML that holds nothing but elements, attributes in quotes, text, and the declaration in front: what user
// agents and servers write. It returns nil for everything else - numbered characters, comments, CDATA, document types, end tags in
// the wrong place, line breaks in values, whatever breaks off or is beyond a limit - and for some things that it could
// read but that nobody writes; all that is for encoding/xml. What it returns is what encoding/xml would have given, at a
// tenth of the cost. The strings of the tree are cut out of body.
func (f *forest) plain(body string) *element {
	used, attributes := f.used, len(f.attributes)
	s := scanner{rest: body}
	s.declaration()
	if root := f.grow(&s); root != nil {
		return root
	}
	f.rewind(used, attributes)
	return nil
}

// rewind takes back what was read since.
func (f *forest) rewind(used, attributes int) {
	for i := used; i < f.used; i++ {
		f.blocks[i/block][i%block] = element{}
	}
	f.used = used
	clear(f.attributes[attributes:])
	f.attributes = f.attributes[:attributes]
}

// grow reads the root element, nil if something is not plain.
func (f *forest) grow(s *scanner) *element {
	var root *element
	for begun := f.used; ; {
		text, ok := s.text()
		if !ok {
			return nil
		}
		if len(text) > 0 {
			if root == nil || f.open[len(f.open)-1].text != "" {
				return nil
			}
			f.say(text)
		}
		if s.skip("</") {
			_, name, ok := s.name()
			if !ok || root == nil || !s.skip(">") || name != f.open[len(f.open)-1].name {
				return nil
			}
			if f.open = f.open[:len(f.open)-1]; len(f.open) == 0 {
				return root
			}
			continue
		}
		s.skip("<")
		_, name, ok := s.name()
		if !ok || f.used-begun == MaxElements || len(f.open) == MaxDepth {
			return nil
		}
		e := f.start(name)
		if root == nil {
			root = e
		}
		for s.space() && !s.at('/') && !s.at('>') {
			a, ok := s.attribute()
			if !ok {
				return nil
			}
			f.give(e, a)
		}
		if s.skip("/>") {
			if f.open = f.open[:len(f.open)-1]; len(f.open) == 0 {
				return root
			}
		} else if !s.skip(">") {
			return nil
		}
	}
}

// scanner takes plain XML apart.
type scanner struct{ rest string }

func (s *scanner) at(c byte) bool { return len(s.rest) > 0 && s.rest[0] == c }

func (s *scanner) skip(prefix string) bool {
	if strings.HasPrefix(s.rest, prefix) {
		s.rest = s.rest[len(prefix):]
		return true
	}
	return false
}

// space passes white space over and reports whether there was any.
func (s *scanner) space() bool {
	i := 0
	for i < len(s.rest) && blank(s.rest[i]) {
		i++
	}
	s.rest = s.rest[i:]
	return i > 0
}

// declaration passes over the usual declarations; another one is then found to be no plain element.
func (s *scanner) declaration() {
	if !strings.HasPrefix(s.rest, "<?xml version=\"1.0\"") && !strings.HasPrefix(s.rest, "<?xml version='1.0'") {
		return
	}
	end := strings.Index(s.rest, "?>")
	for i := 0; i < end; i++ {
		if c := s.rest[i]; c < ' ' || c >= 0x80 {
			return
		}
	}
	if end > 0 {
		s.rest = s.rest[end+len("?>"):]
	}
}

// What a character may be part of. Everything that XML gives a meaning, that encoding/xml changes, or that it refuses, is
// part of nothing.
const (
	inName byte = 1 << iota
	startsName
	inText
	inValue
)

var classes = func() (t [256]byte) {
	for c := range t {
		switch c := byte(c); {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = inName | startsName | inText | inValue
		case '0' <= c && c <= '9', c == '-', c == '.':
			t[c] = inName | inText | inValue
		case c == '\t', c == '\n':
			t[c] = inText
		case c == '<', c == '>', c == '\r', c < ' ', c == 0xEF: // 0xEF begins U+FFFE
		default:
			t[c] = inText | inValue
		}
	}
	return t
}()

// text returns what stands before the next tag, without the white space around it.
func (s *scanner) text() (string, bool) {
	i := strings.IndexByte(s.rest, '<')
	if i < 0 {
		return "", false
	}
	text := s.rest[:i]
	s.rest = s.rest[i:]
	from, to := 0, len(text)
	for from < to && blank(text[from]) {
		from++
	}
	for from < to && blank(text[to-1]) {
		to--
	}
	for j := from; j < to; j++ {
		if classes[text[j]]&inText == 0 {
			return "", false
		}
	}
	if from < to && len(text) > MaxText {
		return "", false
	}
	return unescape(text[from:to])
}

// unescape replaces the five entities that XML knows by itself.
func unescape(text string) (string, bool) {
	if strings.IndexByte(text, '&') < 0 {
		return text, true
	}
	var b strings.Builder
	for {
		before, rest, more := strings.Cut(text, "&")
		b.WriteString(before)
		if !more {
			return b.String(), true
		}
		name, rest, ended := strings.Cut(rest, ";")
		if !ended {
			return "", false
		}
		switch name {
		case "lt":
			b.WriteByte('<')
		case "gt":
			b.WriteByte('>')
		case "amp":
			b.WriteByte('&')
		case "apos":
			b.WriteByte('\'')
		case "quot":
			b.WriteByte('"')
		default:
			return "", false
		}
		text = rest
	}
}

// name returns a name and the prefix in front of it.
func (s *scanner) name() (prefix, name string, ok bool) {
	i, ok := s.word(0)
	if !ok {
		return "", "", false
	}
	name = s.rest[:i]
	if i < len(s.rest) && s.rest[i] == ':' {
		end, ok := s.word(i + 1)
		if !ok || end < len(s.rest) && s.rest[end] == ':' {
			return "", "", false
		}
		prefix, name, i = name, s.rest[i+1:end], end
	}
	s.rest = s.rest[i:]
	return prefix, name, true
}

// word returns where the word that begins at i ends.
func (s *scanner) word(i int) (end int, ok bool) {
	if i == len(s.rest) || classes[s.rest[i]]&startsName == 0 {
		return 0, false
	}
	for i++; i < len(s.rest) && classes[s.rest[i]]&inName != 0; i++ {
	}
	return i, true
}

// attribute reads name="value".
func (s *scanner) attribute() (a attribute, ok bool) {
	if a.space, a.name, ok = s.name(); !ok || !s.skip("=") || len(s.rest) == 0 {
		return a, false
	}
	quote := s.rest[0]
	if quote != '"' && quote != '\'' {
		return a, false
	}
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == quote:
			a.value, ok = unescape(s.rest[1:i])
			s.rest = s.rest[i+1:]
			return a, ok
		case classes[c]&inValue == 0:
			return a, false
		}
	}
	return a, false
}
