package presence

import (
	"strings"
	"unicode/utf8"
)

// element is an XML element with what the readers ask for. Names are local names.
type element struct {
	name        string
	attributes  []attribute
	text        string // of the element itself, trimmed and cut to MaxText
	first, last *element
	next        *element // sibling
}

type attribute struct{ space, name, value string }

// attr returns the value of the first attribute with that local name, trimmed; "" when there is none. It may be called on
// nil.
func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for i := range e.attributes {
		if a := &e.attributes[i]; a.name == name && a.space != "xmlns" {
			return cut(a.value)
		}
	}
	return ""
}

// child returns the first child of that name, and of that the first child of the next name, and so on; nil when there is
// none. It may be called on nil.
func (e *element) child(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		c := e.first
		for c != nil && c.name != name {
			c = c.next
		}
		e = c
	}
	return e
}

// each calls f for every child of that name.
func (e *element) each(name string, f func(*element)) {
	if e == nil {
		return
	}
	for c := e.first; c != nil; c = c.next {
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

// forest is the memory of trees: elements and attributes that are used again for the next body.
type forest struct {
	blocks     [][]element // all of the same length
	used       int         // elements
	attributes []attribute
	open       []*element // from the root to where the reading is
}

const block = 32

// clear forgets all trees.
func (f *forest) clear() {
	for i := 0; i*block < f.used; i++ {
		clear(f.blocks[i][:min(f.used-i*block, block)])
	}
	if len(f.blocks) > 16 {
		f.blocks = f.blocks[:16:16] // one large body shall not hold its memory for ever
	}
	f.used = 0
	clear(f.attributes)
	f.attributes = f.attributes[:0]
	f.open = f.open[:0]
}

// start opens an element below the one that is open.
func (f *forest) start(name string) *element {
	if f.used == len(f.blocks)*block {
		f.blocks = append(f.blocks, make([]element, block))
	}
	e := &f.blocks[f.used/block][f.used%block]
	f.used++
	e.name = name
	if len(f.open) > 0 {
		switch parent := f.open[len(f.open)-1]; {
		case parent.last == nil:
			parent.first, parent.last = e, e
		default:
			parent.last.next, parent.last = e, e
		}
	}
	f.open = append(f.open, e)
	return e
}

// give adds an attribute to the element that was started last.
func (f *forest) give(e *element, a attribute) {
	f.attributes = append(f.attributes, a)
	n := len(e.attributes) + 1
	e.attributes = f.attributes[len(f.attributes)-n:]
}

// end closes the innermost open element of that name and all inside it; an end without a start is let pass.
func (f *forest) end(name string) {
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i].name == name {
			f.open = f.open[:i]
			return
		}
	}
}

// say adds to the text of the element that is open.
func (f *forest) say(text string) {
	if len(f.open) == 0 {
		return
	}
	e := f.open[len(f.open)-1]
	if e.text == "" {
		e.text = cut(text)
	} else {
		e.text = cut(e.text + text)
	}
}
