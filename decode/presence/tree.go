package presence

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// tree reads the root element of body and all below it. With an error comes what stood before it, unless it is one of the
// limits or there was nothing. A body in plain XML, as nearly all are, takes the short way; encoding/xml reads the rest
// and is the judge of both (see FuzzPlain).
func (f *forest) tree(body []byte) (*element, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	f.open = f.open[:0]
	if root := f.plain(string(body)); root != nil {
		return root, nil
	}
	f.open = f.open[:0]
	return f.decode(body)
}

// decode reads valid UTF-8 with encoding/xml.
func (f *forest) decode(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(tidy(body)))
	d.Strict = false
	// Whatever the declaration claims, the bytes are valid UTF-8 by now.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }

	var root *element
	count := 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
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
			if len(f.open) == MaxDepth {
				return nil, fmt.Errorf("XML: %w", ErrTooDeep)
			}
			e := f.start(t.Name.Local)
			for _, a := range t.Attr {
				f.give(e, attribute{a.Name.Space, a.Name.Local, a.Value})
			}
			if root == nil {
				root = e
			}
		case xml.EndElement:
			f.end(t.Name.Local)
			if root != nil && len(f.open) == 0 {
				return root, nil
			}
		case xml.CharData:
			if len(f.open) > 0 {
				room := max(0, MaxText-len(f.open[len(f.open)-1].text))
				if room > 0 {
					f.say(string(t[:min(len(t), room+utf8.UTFMax)]))
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
