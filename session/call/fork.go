package call

import (
	"bytes"

	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

const MaxForks = 64

// fork is one branch of a forked INVITE: an early or confirmed dialog, distinguished from the others by its To tag.
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
	shown                     int64 // first response that made it a dialog, as the caller saw it
}

// fork returns the fork with the given To tag, nil if there is none.
func (c *Call) fork(tag []byte) *fork {
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
func (c *Call) refusedBy(tag []byte) bool {
	f := c.fork(tag)
	return f != nil && f.status >= 300
}

// tagAt returns the To tag of the final response at a hop.
func (c *Call) tagAt(h *hop) store.Piece {
	for i := range c.forks {
		if f := &c.forks[i]; f.hop > 0 && &c.hops[f.hop-1] == h && f.status == h.status {
			return f.tag
		}
	}
	return store.Piece{}
}

// shown reports whether the caller saw a dialog with the given To tag, as far as the hops nearest to it show. An
// element on the way may have changed it.
func (c *Call) shown(tag store.Piece) bool {
	f := c.fork(c.text.Of(tag))
	return f != nil && f.shown != 0
}

// proveAnswer takes the ACK to a 2xx that was missed: the dialog that it belongs to was the answer.
func (c *Call) proveAnswer(v *transaction.View) {
	if c.winner.Len == 0 {
		c.winner = c.text.Add(v.ToTag)
	}
	if f := c.fork(v.ToTag); f != nil {
		f.proved = true
	}
}

// observeFork notes what a response above 100 shows of its fork. Responses of other hops show the same again.
func (c *Call) observeFork(x *transaction.Transaction, v *transaction.View) {
	if len(v.ToTag) == 0 {
		return
	}
	f := c.fork(v.ToTag)
	if f == nil {
		if len(c.forks) >= MaxForks {
			return
		}
		c.forks = append(c.forks, fork{tag: c.text.Add(v.ToTag), hop: int(x.Hop)})
		f = &c.forks[len(c.forks)-1]
	}
	if i := int(x.Hop); i > 0 && f.hop > 0 && c.hops[i-1].vias > c.hops[f.hop-1].vias {
		f.hop = i // nearer to where it is
	}
	status := v.Message.Status
	if f.alerted == 0 && status != 181 && status != 199 && status < 300 {
		f.alerted = v.At
	}
	if status < 300 && status != 181 && status != 199 && int(x.Hop) == f.hop {
		f.last = v.At // not the same response again at another hop
	}
	if status == 180 && f.rung == 0 {
		f.rung = v.At
	}
	if f.shown == 0 && status < 300 && !x.Below {
		f.shown = v.At
	}
	switch {
	case value.Success(f.status), f.status >= 200 && !value.Success(status):
		return
	case status == f.status && f.contact.Len > 0:
		return
	}
	f.status = status
	if value.Success(status) {
		f.answeredAt = v.At
	}
	if f.epid.Len == 0 {
		f.epid = c.text.Add(v.Message.To().Param("epid"))
	}
	if f.contact.Len == 0 && status < 300 {
		if a, ok := v.Message.Contact(); ok {
			f.contact = c.text.Add(a.URI)
		}
	}
	if f.agent.Len == 0 {
		f.agent = c.text.Add(v.Agent())
	}
}

// answered reports whether a fork was answered.
func (f *fork) answered() bool { return value.Success(f.status) || f.proved }

// answeredByOther reports whether the call has been answered by another fork than that of a 2xx: what that wants to be
// sent is not what the call is about.
func (c *Call) answeredByOther(v *transaction.View) bool {
	return c.answered && !bytes.Equal(c.text.Of(c.winner), value.Clip(v.ToTag))
}

// wasCancelled reports whether the branch of a fork was.
func (c *Call) wasCancelled(f *fork) bool {
	if f.status >= 200 {
		return f.status == 487
	}
	return !f.proved && f.hop > 0 && c.hops[f.hop-1].cancel != 0
}
