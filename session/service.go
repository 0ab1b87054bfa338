package session

import (
	"strconv"

	"sipspan/record"
	"sipspan/session/store"
)

// maxNotes bounds the observations that a call keeps of one service.
const maxNotes = 8

// note is one observation of a service. It is made where the message is in hand, or when the record is.
type note struct {
	service record.Service
	at      int64
	what    store.Piece
}

// note notes an observation of a service; the parts of its text stand one behind the other.
func (c *call) note(s record.Service, at int64, parts ...string) {
	same := 0
	for i := range c.notes {
		if c.notes[i].service == s {
			same++
		}
	}
	if same < maxNotes {
		c.notes = append(c.notes, note{service: s, at: at, what: c.text.Join(parts...)})
	}
}

// noted reports whether there is an observation of a service.
func (c *call) noted(s record.Service) bool {
	for i := range c.notes {
		if c.notes[i].service == s {
			return true
		}
	}
	return false
}

// recognise notes the services that only the whole call shows. media are the streams of the description that stands.
func (u *CallUsage) recognise(c *call, outcome *hop, media []mediaLine) {
	u.recogniseAttempt(c, outcome)
	c.recogniseMessages(media)
}

// recogniseAttempt notes the services of the present attempt. What the caller does next, such as to listen to the
// announcement that says why (RFC 5359 section 2.13), does not undo them.
func (u *CallUsage) recogniseAttempt(c *call, outcome *hop) {
	u.recogniseBranches(c)
	c.recogniseForks()
	c.recogniseForwarded()
	if outcome != nil && outcome.status >= 400 {
		c.recogniseScreening(outcome)
	}
}

// recogniseMessages notes that the two sides wrote to each other.
func (c *call) recogniseMessages(media []mediaLine) {
	for i := range media {
		if media[i].used && string(c.text.Of(media[i].kind)) == "message" {
			c.note(record.InstantMessage, c.start, "the session description has m=message")
			break
		}
	}
	if c.instantMessages > 0 {
		c.note(record.InstantMessage, c.firstMessage, "MESSAGE inside the dialog: ", strconv.Itoa(c.instantMessages))
	}
	if c.typing > 0 {
		c.note(record.InstantMessage, c.firstTyping, "notices that a user types: ", strconv.Itoa(c.typing))
	}
}

// addServices writes what was noted into the record.
func (c *call) addServices(rec *record.Call, s store.Sealed) {
	for i := range c.notes {
		n := &c.notes[i]
		rec.AddService(n.service, n.at, s.Of(n.what))
	}
	for _, h := range c.holding.list {
		rec.Holds = append(rec.Holds, record.Hold{Start: h.start, End: h.end, By: h.by.String()})
	}
}
