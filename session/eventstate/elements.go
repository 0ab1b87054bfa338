package eventstate

import (
	"strings"

	"sipspan/decode/presence"
)

// maxScan is up to how many entries a list is searched one by one; longer lists have an index.
const maxScan = 16

// elements are the dialogs, contacts, watchers, users or resources that a subscription is about, by what identifies them. Full state replaces them; partial state changes those it names.
type elements struct {
	list  []elementState
	index map[string]int // into list, when that is long; empty or whole
}

type elementState struct {
	id, value string
	round     uint32 // of the last document that named it
}

// reset forgets everything, and the memory of a long list too.
func (e *elements) reset() {
	if cap(e.list) > 4*maxScan {
		*e = elements{}
		return
	}
	clear(e.list)
	clear(e.index)
	e.list = e.list[:0]
}

func (e *elements) find(id string) int {
	if len(e.list) <= maxScan {
		for i := range e.list {
			if e.list[i].id == id {
				return i
			}
		}
		return -1
	}
	if len(e.index) != len(e.list) {
		e.reindex()
	}
	if i, ok := e.index[id]; ok {
		return i
	}
	return -1
}

func (e *elements) reindex() {
	if e.index == nil {
		e.index = make(map[string]int, 2*len(e.list))
	}
	clear(e.index)
	for i := range e.list {
		e.index[e.list[i].id] = i
	}
}

// remove removes one; the last takes its place.
func (e *elements) remove(i int) {
	last := len(e.list) - 1
	delete(e.index, e.list[i].id)
	if i != last {
		e.list[i] = e.list[last]
		if len(e.index) > 0 {
			e.index[e.list[i].id] = i
		}
	}
	e.list[last] = elementState{}
	e.list = e.list[:last]
}

// count returns how many are in that state.
func (e *elements) count(value string) (n int) {
	for i := range e.list {
		if e.list[i].value == value {
			n++
		}
	}
	return n
}

// observeElements takes a document that is about dialogs, contacts, watchers, users or resources.
func (s *State) observeElements(d *presence.Document, t *Table) {
	first := s.of != d.Kind
	if first {
		t.drop(s, len(s.elements.list))
		s.elements.reset()
		s.of, s.changes = d.Kind, 0
	}
	if d.Kind == presence.ResourceList {
		s.list = true
	}
	s.round++
	changed := false
	ended := false
	for i := range d.States {
		x := &d.States[i]
		id, value := x.ID, x.Value
		switch d.Kind {
		case presence.ResourceList:
			if id = x.Entity; value == "" {
				value = "unknown"
			}
		case presence.Conference:
			id = x.Entity
		}
		if id == "" {
			id = x.Entity
		}
		gone := d.Kind != presence.ResourceList && (value == "terminated" || value == "disconnected")
		ended = ended || gone
		n := s.elements.find(id)
		switch {
		case n < 0 && !gone:
			if t.take(s) {
				s.elements.add(elementState{strings.Clone(id), word(value), s.round})
				changed = true
			}
		case n >= 0 && gone:
			s.elements.remove(n)
			t.drop(s, 1)
			changed = true
		case n >= 0:
			e := &s.elements.list[n]
			if e.round = s.round; e.value != value {
				e.value = word(value)
				changed = true
			}
		}
	}
	if !d.Partial {
		for i := len(s.elements.list) - 1; i >= 0; i-- {
			if s.elements.list[i].round != s.round {
				s.elements.remove(i)
				t.drop(s, 1)
				changed = true
			}
		}
	}
	if changed && !first {
		s.changes++
	}
	if d.Kind == presence.DialogInfo {
		s.observeDialogs(ended)
	}
}

func (e *elements) add(x elementState) {
	if len(e.list) > 0 && len(e.index) == len(e.list) {
		e.index[x.id] = len(e.list)
	}
	e.list = append(e.list, x)
}

// dialogStates orders the states of a dialog (RFC 4235 section 3.7.1) from the most to the least.
var dialogStates = [...]string{"confirmed", "early", "proceeding", "trying"}

// observeDialogs sums up the dialogs: the state that is the most, terminated if all are over, none if there was none.
func (s *State) observeDialogs(ended bool) {
	state := "none"
	if ended {
		state = "terminated"
	}
	if len(s.elements.list) > 0 {
		state = s.elements.list[0].value
	}
	for _, most := range dialogStates {
		if s.elements.count(most) > 0 {
			state = most
			break
		}
	}
	if s.dialog != "" && s.dialog != state {
		s.dialogChanges++
	}
	s.dialog = state
}
