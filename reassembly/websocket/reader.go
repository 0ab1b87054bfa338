package websocket

import (
	"container/list"
	"encoding/binary"
	"errors"
)

// Kind is what a Reader found.
type Kind uint8

// The kinds.
const (
	Need       Kind = iota // more bytes of the stream are needed, Event.Need of them in all
	Passed                 // bytes that belong to no message: headers, control frames, what is left of a message that was cut
	Message                // a message
	Unreadable             // a compressed message that cannot be read
	Close                  // the sender closes the connection
	Broken                 // what follows is no frame: the direction cannot be read any more
)

// Event is what a Reader found, with what belongs to it.
type Event struct {
	Kind    Kind
	Need    int
	Payload []byte // of Message; valid until the next call of any reader with the same Memory
	Cut     bool   // of Message: its end is missing
	Code    uint16 // of Close: the status code (RFC 6455 section 7.4), NoCode where there is none
}

// NoCode is the status code of a close frame without one (RFC 6455 section 7.4.1).
const NoCode = 1005

// Reader reads the frames of one direction of a connection.
type Reader struct {
	memory  *Memory
	deflate Deflate

	open       bool   // some fragments of a message were read, and the last one was not
	compressed bool   // that message
	cut        bool   // that message was handed out already, or is lost
	part       []byte // its payload so far

	skip uint64 // bytes of the payload in hand that are passed over

	window []byte // the end of the messages before, of which a compressed message may be made
	gap    bool   // not all of what precedes window was read

	held  int           // bytes of capacity
	place *list.Element // in Memory.order
}

// NewReader returns a Reader of a direction that begins with a frame. midStream says that there may have been frames before.
func NewReader(m *Memory, d Deflate, midStream bool) *Reader {
	return &Reader{memory: m, deflate: d, gap: midStream}
}

// Next looks at the bytes that follow those taken before. It returns how many of them are done with, and what they showed.
// With final set, nothing can follow directly: the beginning of a message is handed out as such. data is borrowed.
func (r *Reader) Next(data []byte, final bool) (n int, e Event) {
	if r.skip > 0 {
		return r.pass(data)
	}
	h, need, ok := parseFrame(data)
	switch {
	case !ok && need > 0 && final:
		return len(data), Event{Kind: Passed}
	case !ok && need > 0:
		return 0, Event{Kind: Need, Need: need}
	case !ok, h.opcode == opContinuation && !r.open, !h.isControl() && h.opcode != opContinuation && r.open:
		return 0, r.broken()
	}
	if h.isControl() {
		return r.control(&h, data, final)
	}
	return r.data(&h, data, final)
}

// pass passes over the rest of a frame.
func (r *Reader) pass(data []byte) (int, Event) {
	n := int(min(r.skip, uint64(len(data))))
	r.skip -= uint64(n)
	return n, Event{Kind: Passed}
}

// broken gives the direction up.
func (r *Reader) broken() Event {
	r.memory.stats.Broken++
	r.Close()
	r.gap = true
	return Event{Kind: Broken}
}

// control takes a control frame.
func (r *Reader) control(h *frame, data []byte, final bool) (int, Event) {
	whole := h.size + int(h.length)
	if len(data) < whole {
		if final {
			r.skip = uint64(whole - len(data))
			return len(data), Event{Kind: Passed}
		}
		return 0, Event{Kind: Need, Need: whole}
	}
	if h.opcode != opClose {
		return whole, Event{Kind: Passed}
	}
	e := Event{Kind: Close, Code: NoCode}
	if h.length >= 2 {
		var code [2]byte
		e.Code = binary.BigEndian.Uint16(h.unmask(code[:0], data[h.size:h.size+2]))
	}
	return whole, e
}

// data takes a frame with a message or a fragment of one.
func (r *Reader) data(h *frame, data []byte, final bool) (int, Event) {
	if h.opcode != opContinuation {
		r.open, r.compressed, r.cut = true, h.compressed, false
	}
	last := h.fin
	limit := r.memory.config.MaxMessageBytes
	room := uint64(max(0, limit-len(r.part)))
	wanted := min(h.length, room)
	if r.cut {
		wanted = 0
	}
	if have := uint64(len(data) - h.size); have < wanted {
		if !final {
			if h.opcode != opContinuation {
				r.open = false // the header is read again
			}
			return 0, Event{Kind: Need, Need: h.size + int(wanted)}
		}
		wanted = have
	}
	payload := data[h.size : h.size+int(wanted)]
	taken := h.size + int(wanted)
	r.skip = h.length - wanted
	complete := r.skip == 0
	if last {
		r.open = false
	}
	switch {
	case r.cut:
		if last {
			r.cut = false
		}
		return taken, Event{Kind: Passed}
	case last || !complete:
		e := r.message(h, payload, complete)
		r.cut = r.open
		return taken, e
	}
	r.keep(h, payload)
	return taken, Event{Kind: Passed}
}

// keep adds a fragment to those before it.
func (r *Reader) keep(h *frame, payload []byte) {
	r.part = h.unmask(r.part, payload)
	r.note()
}

// note tells the Memory what r holds.
func (r *Reader) note() { r.memory.hold(r, cap(r.part)+cap(r.window)) }

// message returns the message that ends with payload. It is not complete when its end is missing.
func (r *Reader) message(h *frame, payload []byte, complete bool) Event {
	m := r.memory
	switch {
	case r.part != nil:
		payload = h.unmask(r.part, payload)
		r.part = nil
		defer r.note()
	case h.masked:
		m.scratch = h.unmask(m.scratch[:0], payload)
		payload = m.scratch
	}
	if !r.compressed {
		return r.deliver(payload, complete)
	}
	if !complete { // what it was made of is needed whole
		r.forget()
		m.stats.Unreadable++
		return Event{Kind: Unreadable}
	}
	return r.decompress(payload)
}

func (r *Reader) deliver(payload []byte, complete bool) Event {
	if complete {
		r.memory.stats.Messages++
	} else {
		r.memory.stats.Cut++
	}
	return Event{Kind: Message, Payload: payload, Cut: !complete}
}

// decompress returns a message that was compressed.
func (r *Reader) decompress(payload []byte) Event {
	m := r.memory
	out, err := m.inflate(payload, r.window)
	switch {
	case errors.Is(err, errTooLong):
		r.forget()
		return r.deliver(out, false)
	case err != nil:
		if r.gap && !r.deflate.NoTakeover {
			m.stats.Unreadable++
		} else {
			m.stats.Corrupt++
		}
		r.forget()
		return Event{Kind: Unreadable}
	}
	if !r.deflate.NoTakeover {
		r.window = slide(r.window, out, r.deflate.window())
		r.note()
	}
	return r.deliver(out, true)
}

// forget notes that what precedes the next message is not known.
func (r *Reader) forget() {
	r.gap, r.window = true, nil
	r.note()
}

// evict gives up what r holds.
func (r *Reader) evict() {
	if r.part != nil {
		r.part, r.cut = nil, true
		r.memory.stats.Cut++
	}
	if r.window != nil {
		r.window, r.gap = nil, true
	}
	r.memory.hold(r, 0)
}

// Lost notes that n bytes of the stream are missing, 0 when nobody knows how many. It reports whether the next byte is
// still one of a frame whose place is known; if not, Find has to look for the next frame. After that a message that is not whole is returned by Rest.
func (r *Reader) Lost(n int) bool {
	if n > 0 && uint64(n) <= r.skip {
		r.skip -= uint64(n)
		return true
	}
	r.skip, r.gap, r.window = 0, true, nil
	return false
}

// Rest returns what was read of a message whose end does not come, nil if there is none or it cannot be read. The next
// message begins anew.
func (r *Reader) Rest() []byte {
	part := r.part
	if !r.open || r.cut || r.compressed {
		part = nil
	}
	if part != nil {
		r.memory.stats.Cut++
	}
	r.part, r.open, r.cut = nil, false, false
	r.note()
	return part
}

// Close gives back what r holds.
func (r *Reader) Close() {
	r.part, r.window, r.open = nil, nil, false
	r.memory.hold(r, 0)
}
