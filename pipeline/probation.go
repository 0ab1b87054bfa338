package pipeline

import (
	"bytes"
	"time"

	"sipspan/capture"
	"sipspan/decode/sip"
	"sipspan/internal/packet"
)

// maxHeld is how many frames are held until it shows what their stamps mean.
const maxHeld = 8

// probation holds copies of frames whose stamps are not close to the clock, in the order in which they came.
type probation struct {
	frames [maxHeld]heldFrame
	stamps []int64 // of the frames that are held
	begin  int     // where the first of them is
	wall   time.Time
	told   bool   // that the clock is not steady
	asked  []byte // the last request, up to maxAsked bytes: what a response after a pause may answer
}

// maxAsked is how much of a request is kept, enough for its Call-ID and CSeq.
const maxAsked = 1 << 10

var status = []byte("SIP/2.0 ")

// remember keeps the last message if it is a request.
func (p *probation) remember(raw []byte) {
	p.asked = p.asked[:0]
	if !bytes.HasPrefix(raw, status) {
		p.asked = append(p.asked, raw[:min(len(raw), maxAsked)]...)
	}
}

// answers reports whether a response is the one to the last message before it.
func (p *probation) answers(m *sip.Message) bool {
	var asked sip.Message
	_ = asked.Parse(p.asked) // its end is missing as a rule
	cseq, method, ok := m.CSeq()
	n, same, known := asked.CSeq()
	return ok && known && cseq == n && method == same && bytes.Equal(m.CallID(), asked.CallID())
}

// heldFrame is a frame with its own memory, which is used again.
type heldFrame struct {
	frame capture.Frame
	buf   []byte
}

// add copies a frame.
func (p *probation) add(f *capture.Frame) {
	h := &p.frames[(p.begin+len(p.stamps))%maxHeld]
	h.buf = append(h.buf[:0], f.Data...)
	h.frame = *f
	h.frame.Data = h.buf
	p.stamps = append(p.stamps, f.Time)
}

// first removes the first frame. It is valid until the next add.
func (p *probation) first() *capture.Frame {
	h := &p.frames[p.begin]
	p.begin = (p.begin + 1) % maxHeld
	p.stamps = append(p.stamps[:0], p.stamps[1:]...)
	return &h.frame
}

// take takes a frame to its time: at once where its stamp is close to the clock, as nearly all are.
func (r *reader) take(f *capture.Frame) {
	if r.time.close(f.Time) {
		r.at = r.time.reach(f.Time)
		r.clock = r.time.now
		r.packet(f)
		return
	}
	if r.live {
		r.watchWall()
	}
	r.probation.add(f)
	r.settle(moreToCome)
}

// settle releases the frames of which it shows what their stamps mean.
func (r *reader) settle(o outlook) {
	t, p := &r.time, &r.probation
	wall := int64(0)
	if r.live && o != noneAtAll && len(p.stamps) > 0 {
		wall = p.wall.UnixNano()
	}
	for len(p.stamps) > 0 {
		v := t.judge(p.stamps, o, wall)
		if v == pending {
			break
		}
		if v == afterPause && r.answersAtOnce(&p.frames[p.begin].frame) {
			v = set
		}
		if v == wild {
			t.approach(p.stamps)
		}
		stamp, steps := p.stamps[0], t.steps
		r.at = t.accept(v, stamp, r.account.Packets)
		r.clock = t.now
		f := p.first()
		if steps != t.steps {
			r.reportClock(f, stamp, v)
		}
		r.packet(f)
		t.done()
		r.clock = t.now
	}
	t.hold(len(p.stamps) > 0 || !t.started)
}

// patience is how long the sender of a request waits for a response: 64 times T1 (RFC 3261 section 17.1).
const patience = 32 * int64(time.Second)

// answersAtOnce reports whether a frame, after a pause, holds the response to the last message before it, and one that cannot
// have taken so long: the sender of a request other than INVITE gives up before, and 100 Trying comes at once. So there was
// no pause. Any other response may be ahead of its request, as where the directions of a link are captured out of step.
func (r *reader) answersAtOnce(f *capture.Frame) bool {
	if f.Time-r.time.own() <= patience {
		return false
	}
	var m sip.Message
	switch r.quoted.Walk(uint16(f.Link), f.Data) {
	case packet.VerdictUDP, packet.VerdictTCP:
	default:
		return false
	}
	if sip.Detect(r.quoted.Payload) != sip.SIP || m.Parse(r.quoted.Payload) != nil || m.Request {
		return false
	}
	return (m.Method != sip.INVITE || m.Status == 100 || r.account.Packets == 1) && r.probation.answers(&m)
}

// watchWall finds out whether the wall clock was set: it then went further, or less far, than time did.
func (r *reader) watchWall() {
	p := &r.probation
	before := p.wall
	p.wall = r.now()
	if before.IsZero() {
		return
	}
	by := p.wall.UnixNano() - before.UnixNano() - int64(p.wall.Sub(before))
	if by < -outOfStep || by > outOfStep {
		r.time.set(by)
		r.clock = r.time.now
		r.reportSet(by)
	}
}

// note makes the epochs known that the time of the packet in hand rests on.
func (r *reader) note() {
	if r.time.unnoted {
		r.time.note(r.at)
		r.clock = r.time.now
	}
}
