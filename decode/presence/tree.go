package presence

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// element is an XML element with what the readers ask for. Names are local names.
type element struct {
	name       string
	attributes []xml.Attr
	text       string // of the element itself, trimmed and cut to MaxText
	children   []*element
}

// attr returns the value of the first attribute with that local name, trimmed; "" when there is none. It may be called on
// nil.
func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for i := range e.attributes {
		if a := &e.attributes[i]; a.Name.Local == name && a.Name.Space != "xmlns" {
			return cut(a.Value)
		}
	}
	return ""
}

// child returns the first child of that name, nil when there is none. It may be called on nil.
func (e *element) child(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		var found *element
		for _, c := range e.children {
			if c.name == name {
				found = c
				break
			}
		}
		e = found
	}
	return e
}

// each calls f for every child of that name.
func (e *element) each(name string, f func(*element)) {
	if e == nil {
		return
	}
	for _, c := range e.children {
		if c.name == name {
			f(c)
		}
	}
}

// content returns the text of e, "" for nil.
func (e *element) content() string {
	if e == nil {
		return ""
	}
	return e.text
}

// parseTree reads the root element of body and all below it. With an error comes what stood before it, unless it is one
// of the limits or there was nothing.
func parseTree(body []byte) (*element, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	d := xml.NewDecoder(bytes.NewReader(tidy(body)))
	d.Strict = false
	// Whatever the declaration claims, the bytes are valid UTF-8 by now.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }

	var root *element
	var open []*element
	count := 0
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			if root == nil {
				return nil, ErrNoRoot
			}
			return root, fmt.Errorf("XML: %w", io.ErrUnexpectedEOF)
		}
		if err != nil {
			return root, fmt.Errorf("XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > MaxElements {
				return nil, fmt.Errorf("XML: %w", ErrTooMany)
			}
			if len(open) == MaxDepth {
				return nil, fmt.Errorf("XML: %w", ErrTooDeep)
			}
			e := &element{name: t.Name.Local, attributes: t.Attr}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			} else if root == nil {
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open = closeElement(open, t.Name.Local)
			if root != nil && len(open) == 0 {
				return root, nil
			}
		case xml.CharData:
			if len(open) > 0 {
				e := open[len(open)-1]
				if room := MaxText - len(e.text); room > 0 {
					e.text = cut(e.text + string(t[:min(len(t), room+utf8.UTFMax)]))
				}
			}
		}
	}
}

// tidy drops white space behind "</" and inside "/>", where it is not allowed: traces that were folded for print, and
// were replayed, have line breaks there. A body without any is returned as it is.
func tidy(body []byte) []byte {
	var out []byte
	from := 0 // what is not yet in out
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '/' || !blank(body[i+1]) {
			continue
		}
		end := i + 1
		for end < len(body) && blank(body[end]) {
			end++
		}
		if i > 0 && body[i-1] == '<' || end < len(body) && body[end] == '>' {
			out = append(out, body[from:i+1]...)
			from = end
		}
		i = end - 1
	}
	if from == 0 {
		return body
	}
	return append(out, body[from:]...)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// closeElement closes the innermost open element of that name and all inside it; an end without a start is let pass.
func closeElement(open []*element, name string) []*element {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].name == name {
			return open[:i]
		}
	}
	return open
}

// cut trims s and shortens it to MaxText bytes without splitting a rune.
func cut(s string) string {
	s = strings.TrimSpace(s)
	if len(s) <= MaxText {
		return s
	}
	n := MaxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
