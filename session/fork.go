package session

import (
	"bytes"

	"sipspan/session/store"
	"sipspan/session/value"
)

const maxForks = 64

// fork is one branch of a forked INVITE: an early or confirmed dialog, told from the others by its To tag.
type fork struct {
	tag, epid, contact, agent store.Piece
	hop                       int // index of the farthest hop it was seen on plus one
	status                    int
	proved                    bool  // its 2xx was missed, but there was an ACK to it
	ended                     bool  // by BYE, while another fork that had answered went on
	answeredAt                int64 // first 2xx
	alerted                   int64 // first provisional response other than 181, or 2xx, that it gave
	rung                      int64 // first 180
	last                      int64 // last response below 300 that said something new
	shown                     int64 // first response that made it a dialog, as the caller was told
}

// fork returns the fork with the given To tag, nil if there is none.
func (c *call) fork(tag []byte) *fork {
	tag = value.Clip(tag)
	for i := range c.forks {
		if bytes.Equal(c.text.Of(c.forks[i].tag), tag) {
			return &c.forks[i]
		}
	}
	return nil
}

// refusedBy reports whether a fork has a final response other than 2xx: an ACK with its tag acknowledges that, whatever
// branch it has.
func (c *call) refusedBy(tag []byte) bool {
	f := c.fork(tag)
	return f != nil && f.status >= 300
}

// tagAt returns the To tag of the final response at a hop.
func (c *call) tagAt(h *hop) store.Piece {
	for i := range c.forks {
		if f := &c.forks[i]; f.hop > 0 && &c.hops[f.hop-1] == h && f.status == h.status {
			return f.tag
		}
	}
	return store.Piece{}
}

// shown reports whether the caller was told of a dialog with the given To tag, as far as the hops nearest to it show. An
// element on the way may have changed it.
func (c *call) shown(tag store.Piece) bool {
	f := c.fork(c.text.Of(tag))
	return f != nil && f.shown != 0
}

// proveAnswer takes the ACK to a 2xx that was missed: the dialog that it belongs to was the answer.
func (c *call) proveAnswer(v *view) {
	if c.winner.Len == 0 {
		c.winner = c.text.Add(v.toTag)
	}
	if f := c.fork(v.toTag); f != nil {
		f.proved = true
	}
}

// observeFork notes what a response above 100 says of its fork. Responses of other hops say the same again.
func (c *call) observeFork(x *transaction, v *view) {
	if len(v.toTag) == 0 {
		return
	}
	f := c.fork(v.toTag)
	if f == nil {
		if len(c.forks) >= maxForks {
			return
		}
		c.forks = append(c.forks, fork{tag: c.text.Add(v.toTag), hop: int(x.hop)})
		f = &c.forks[len(c.forks)-1]
	}
	if i := int(x.hop); i > 0 && f.hop > 0 && c.hops[i-1].vias > c.hops[f.hop-1].vias {
		f.hop = i // nearer to where it is
	}
	status := v.m.Status
	if f.alerted == 0 && status != 181 && status != 199 && status < 300 {
		f.alerted = v.at
	}
	if status < 300 && status != 181 && status != 199 && int(x.hop) == f.hop {
		f.last = v.at // not the same response again at another hop
	}
	if status == 180 && f.rung == 0 {
		f.rung = v.at
	}
	if f.shown == 0 && status < 300 && !x.below {
		f.shown = v.at
	}
	switch {
	case value.Success(f.status), f.status >= 200 && !value.Success(status):
		return
	case status == f.status && f.contact.Len > 0:
		return
	}
	f.status = status
	if value.Success(status) {
		f.answeredAt = v.at
	}
	if f.epid.Len == 0 {
		f.epid = c.text.Add(v.m.To().Param("epid"))
	}
	if f.contact.Len == 0 && status < 300 {
		if a, ok := v.m.Contact(); ok {
			f.contact = c.text.Add(a.URI)
		}
	}
	if f.agent.Len == 0 {
		f.agent = c.text.Add(v.agent())
	}
}

// answered reports whether a fork was answered.
func (f *fork) answered() bool { return value.Success(f.status) || f.proved }

// answeredByOther reports whether the call has been answered by another fork than that of a 2xx: what that wants to be
// sent is not what the call is about.
func (c *call) answeredByOther(v *view) bool {
	return c.answered && !bytes.Equal(c.text.Of(c.winner), value.Clip(v.toTag))
}

// wasCancelled reports whether the branch of a fork was.
func (c *call) wasCancelled(f *fork) bool {
	if f.status >= 200 {
		return f.status == 487
	}
	return !f.proved && f.hop > 0 && c.hops[f.hop-1].cancel != 0
}
