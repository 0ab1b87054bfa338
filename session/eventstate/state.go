package eventstate

import (
	"reflect"
	"strings"

	"sipspan/decode/presence"
)

// State is what the bodies of one subscription have said. The zero value is ready; its memory is used again after
// Release. A document is borrowed until Observe returns.
type State struct {
	last      uint64 // fingerprint of the last body
	requested int    // resources named in the SUBSCRIBE
	list      bool   // it is about a list of resources, or about more than one presentity
	full      bool   // a resource was left out because the table was full

	presentities []presentity
	one          [1]presentity  // their memory while there is one
	index        map[string]int // into presentities, when there are many
	elements     elements       // dialogs, contacts, watchers, users, or resources
	of           presence.Kind  // what the elements are
	round        uint32         // documents about elements
	changes      int            // of the elements
	resources    int            // presentities and elements that count against the limit

	dialog        string
	dialogChanges int
	messages      mailbox
	completion    string
	refer         int
}

// mailbox is what was said of waiting messages.
type mailbox struct {
	known, waiting bool
	newer, older   int
	changes        int
}

// Change is what a document changed in the presence of somebody.
type Change struct {
	Presence bool   // the basic presence is now another one than before, or is known for the first time
	Entity   string // of whom, "" for the resource of the subscription; valid until the next call
}

// Release gives back to the table what s holds and makes s empty. It keeps a little memory for its next use.
func (s *State) Release(t *Table) {
	t.drop(s, s.resources)
	s.Reset()
}

// Reset makes the state blank and leaves the resources that it follows counted: it is packed.
func (s *State) Reset() {
	s.elements.reset()
	*s = State{elements: s.elements}
}

// resourceBytes is about what one resource takes that is followed by itself.
const resourceBytes = 256

// Bytes returns about how many bytes of memory the state takes. It follows from what was observed alone.
func (s *State) Bytes() int {
	return int(reflect.TypeFor[State]().Size()) + s.resources*resourceBytes
}

// Repeated reports whether a body has the fingerprint of the one before. Such a body needs not be read again.
func (s *State) Repeated(fingerprint uint64) bool {
	if s.last == fingerprint {
		return true
	}
	s.last = fingerprint
	return false
}

// Full reports whether a resource was left out because the table was full.
func (s *State) Full() bool { return s.full }

// SetRefer takes the status that the last NOTIFY to a REFER reported.
func (s *State) SetRefer(status int) { s.refer = status }

// Requests reports whether a document is a list of resources for which a SUBSCRIBE asks.
func Requests(d *presence.Document) bool {
	return d.Kind == presence.BatchSubscription || d.Kind == presence.AdhocList
}

// Request takes the list of resources for which the SUBSCRIBE asks.
func (s *State) Request(d *presence.Document) {
	s.requested = len(d.States)
	s.list = s.list || len(d.States) > 1
}

// Observe takes what one document says at a time, in Unix nanoseconds. resource is that of the subscription.
func (s *State) Observe(d *presence.Document, resource []byte, at int64, t *Table) (c Change) {
	switch d.Kind {
	case presence.PIDF, presence.XPIDF, presence.Presentity, presence.Categories:
		return s.observePresence(d, resource, at, t)
	case presence.DialogInfo, presence.RegInfo, presence.WatcherInfo, presence.Conference, presence.ResourceList:
		s.observeElements(d, t)
	case presence.MessageSummary:
		s.observeMessages(d)
	case presence.CallCompletion:
		s.completion = word(d.States[0].Value)
	}
	return Change{}
}

func (s *State) observeMessages(d *presence.Document) {
	m := &s.messages
	newer, older := 0, 0
	for _, c := range d.Messages {
		newer += c.New
		older += c.Old
	}
	if m.known && m.waiting != d.Waiting {
		m.changes++
	}
	m.known, m.waiting, m.newer, m.older = true, d.Waiting, newer, older
}

// word returns a state for keeping: one of the common ones, or a copy of a few bytes.
func word(s string) string {
	for _, common := range [...]string{
		"active", "terminated", "pending", "waiting", "confirmed", "early", "trying", "proceeding", "connected", "disconnected",
		"queued", "ready", "unknown", "init",
	} {
		if s == common {
			return common
		}
	}
	return strings.Clone(s[:min(len(s), 32)])
}
