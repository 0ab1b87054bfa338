package session

import (
	"bytes"

	"sipspan/decode/sip"
)

// observeMessage counts a MESSAGE inside the dialog: what a user wrote, or the notice that one is writing.
func (c *call) observeMessage(v *view) {
	if sip.MediaTypeIs(v.m.ContentType(), "application/im-iscomposing+xml") {
		c.observeTyping(v)
		return
	}
	if c.instantMessages == 0 {
		c.firstMessage = v.at
	}
	c.instantMessages++
}

// observeTyping counts the notice that a user types: isComposing of RFC 3994, or KeyboardActivity as Office Communicator
// and AOL put it into INFO. That one has stopped is no notice.
func (c *call) observeTyping(v *view) {
	body := v.m.Body()
	switch {
	case sip.MediaTypeIs(v.m.ContentType(), "application/im-iscomposing+xml"):
	case bytes.Contains(body, []byte("KeyboardActivity")):
	default:
		return
	}
	if bytes.Contains(body, []byte("idle")) {
		return
	}
	if c.typing == 0 {
		c.firstTyping = v.at
	}
	c.typing++
}
