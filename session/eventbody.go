package session

import (
	"strings"

	"sipspan/decode/presence"
)

// Bodies of event packages are read by the worker itself, when the message that carries them is: only then are the
// records the same for any number of workers and the counters up to date while a subscription goes on for hours. What
// makes that cheap is that only messages with a body pay for it, that a body that repeats the last one is not read again,
// and that the parser reads plain XML in about a microsecond.

// told is what the bodies of a subscription have said. Its memory is used again with that of the subscription.
type told struct {
	last      uint64 // fingerprint of the last body
	requested int    // resources named in the SUBSCRIBE
	list      bool   // of resources: told as a list, or of more than one presentity

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

// mailbox is what was told of waiting messages.
type mailbox struct {
	known, waiting bool
	newer, older   int
	changes        int
}

// reset forgets everything but a little memory.
func (b *told) reset() {
	b.elements.reset()
	*b = told{elements: b.elements}
}

// bodies returns what the bodies of a subscription told, for adding to it.
func (s *subscription) bodies() *told {
	if s.told == nil {
		s.told = new(told)
	}
	if s.told.presentities == nil {
		s.told.presentities = s.told.one[:0]
	}
	return s.told
}

// hearBody reads the body of a notification, or of the response to a SUBSCRIBE that takes the place of one, and reports
// whether it said anything.
func (t *Tracker) hearBody(s *subscription, v *view, fingerprint uint64) bool {
	if len(v.m.Body()) == 0 {
		return false
	}
	b := s.bodies()
	if b.last == fingerprint {
		return true
	}
	b.last = fingerprint
	documents := t.parseBody(v)
	for i := range documents {
		t.hear(s, &documents[i], v)
	}
	return len(documents) > 0
}

// parseBody returns what the body of a message says, until the next call.
func (t *Tracker) parseBody(v *view) []presence.Document {
	documents, err := t.bodies.Parse(v.m.ContentType(), v.m.Body())
	if err != nil {
		t.counters.BodiesUnreadable++
	}
	return documents
}

// hearRequested reads the list that a SUBSCRIBE brings along.
func (t *Tracker) hearRequested(s *subscription, v *view) {
	if len(v.m.Body()) == 0 {
		return
	}
	documents := t.parseBody(v)
	for i := range documents {
		d := &documents[i]
		if d.Kind != presence.BatchSubscription && d.Kind != presence.AdhocList {
			continue
		}
		b := s.bodies()
		b.requested = len(d.States)
		b.list = b.list || len(d.States) > 1
	}
}

// hear takes what one document says.
func (t *Tracker) hear(s *subscription, d *presence.Document, v *view) {
	b := s.told
	switch d.Kind {
	case presence.PIDF, presence.XPIDF, presence.Presentity, presence.Categories:
		t.hearPresence(s, d, v)
	case presence.DialogInfo, presence.RegInfo, presence.WatcherInfo, presence.Conference, presence.ResourceList:
		t.hearElements(s, d)
	case presence.MessageSummary:
		b.hearMessages(d)
	case presence.CallCompletion:
		b.completion = word(d.States[0].Value)
	case presence.Fragment:
		b.refer = parseSeconds([]byte(d.States[0].Value))
		t.announceReferTold(s, v, b.refer)
	}
}

func (b *told) hearMessages(d *presence.Document) {
	m := &b.messages
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

// word returns a state for keeping: one of the usual ones, or a copy of a few bytes.
func word(s string) string {
	for _, usual := range [...]string{
		"active", "terminated", "pending", "waiting", "confirmed", "early", "trying", "proceeding", "connected", "disconnected",
		"queued", "ready", "unknown", "init",
	} {
		if s == usual {
			return usual
		}
	}
	return strings.Clone(s[:min(len(s), 32)])
}
