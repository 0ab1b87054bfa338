package session

import (
	"strconv"

	"sipspan/record"
)

// maxNotes bounds the observations that a call keeps of one service.
const maxNotes = 8

// note is one observation of a service. It is made where the message is in hand, or when the record is.
type note struct {
	service record.Service
	at      int64
	what    piece
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
		c.notes = append(c.notes, note{service: s, at: at, what: c.text.join(parts...)})
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

// join appends parts as one string.
func (t *text) join(parts ...string) piece {
	off := len(t.buf)
	for _, s := range parts {
		t.buf = append(t.buf, s...)
	}
	return piece{off: uint32(off), len: uint32(len(t.buf) - off)}
}

// recognise notes the services that only the whole call shows. media are the streams of the description that stands.
func (t *Tracker) recognise(c *call, outcome *hop, media []mediaLine) {
	t.recogniseAttempt(c, outcome)
	c.recogniseMessages(media)
}

// recogniseAttempt notes the services of the present attempt. What the caller does next, such as to listen to the
// announcement that says why (RFC 5359 section 2.13), does not undo them.
func (t *Tracker) recogniseAttempt(c *call, outcome *hop) {
	t.recogniseBranches(c)
	c.recogniseForks()
	c.recogniseForwarded()
	if outcome != nil && outcome.status >= 400 {
		c.recogniseScreening(outcome)
	}
}

// recogniseMessages notes that the two sides wrote to each other.
func (c *call) recogniseMessages(media []mediaLine) {
	for i := range media {
		if media[i].used && string(c.text.of(media[i].kind)) == "message" {
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
func (c *call) addServices(rec *record.Call, s sealed) {
	for i := range c.notes {
		n := &c.notes[i]
		rec.AddService(n.service, n.at, s.of(n.what))
	}
	for _, h := range c.holding.list {
		rec.Holds = append(rec.Holds, record.Hold{Start: h.start, End: h.end, By: h.by.String()})
	}
}
