package call

import (
	"sipspan/decode/sdp"
	"sipspan/session/media"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// maxDescription bounds the session description that a call keeps.
const maxDescription = 16 << 10

// mediaLine is one media line of a session description.
type mediaLine struct {
	kind, codec, addr store.Piece
	direction         sdp.Direction
	used              bool // not refused
}

// describe keeps the session description of a message, if it has one, and reports whether it has. The call keeps the last
// answer, and the last offer before the first answer. Both are read only when a record or a hold needs them.
func (c *Call) describe(v *transaction.View, answer bool) bool {
	body := media.Description(v.Message)
	if body == nil {
		return false
	}
	body = body[:min(len(body), maxDescription)]
	switch {
	case answer:
		c.answerKept = true
		c.description = append(c.description[:c.offerLen], body...)
	case !c.answerKept:
		c.description = append(c.description[:0], body...)
		c.offerLen = len(body)
		c.offeredByCallee = !v.Message.Request
	}
	return true
}

// keepOther keeps the answer of another fork than the one that answered first: the call may go on with it.
func (c *Call) keepOther(v *transaction.View) {
	if body := media.Description(v.Message); body != nil {
		c.other = append(c.other[:0], body[:min(len(body), maxDescription)]...)
	}
}

// takeOther makes the answer of the other fork the current one.
func (c *Call) takeOther() {
	c.answerKept = true
	c.description = append(c.description[:c.offerLen], c.other...)
}

// descriptions returns the first offer and the current answer, each empty if there is none.
func (c *Call) descriptions() (offer, answer []byte) {
	return c.description[:c.offerLen], c.description[c.offerLen:]
}

// readMedia returns the media lines of the current description, as pieces of the text of the call.
func (u *Usage) readMedia(c *Call) []mediaLine {
	u.lines = u.lines[:0]
	lines := u.media.Lines(c.descriptions())
	for i := range lines {
		l := &lines[i]
		m := mediaLine{kind: c.text.Add(l.Type), codec: c.text.Add(l.Codec), direction: l.Direction, used: l.Used}
		if l.Used {
			var buf [96]byte
			m.addr = c.text.Add(l.AppendAddress(buf[:0]))
		}
		u.lines = append(u.lines, m)
	}
	return u.lines
}
