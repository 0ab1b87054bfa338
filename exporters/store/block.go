package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/record/choose"
)

// Message is a SIP message of a store, as it was captured, except for what is overwritten in it: see Store.Message.
type Message struct {
	Time      int64 // Unix nanoseconds
	Src, Dst  netip.AddrPort
	Transport wire.Transport
	Flags     record.Flags    // what the capture lost of the message or just before it
	Place     *record.Capture // where it was captured; nil: on the one plain interface
	CallID    string          // its first wire.MaxText bytes
	Raw       []byte
}

// blockBytes is about how much of messages is compressed together. It is a compromise between the size of the store and the time to find one call.
const blockBytes = 128 << 10

// block is messages that are compressed together, ordered by Call-ID.
type block struct {
	first, last int64 // the earliest and the latest time
	messages    int
	keys        []choose.Key // of the Call-IDs, ascending
	body        []byte
}

// blocks makes blocks. It belongs to the goroutine of the store.
type blocks struct {
	compress func(dst, src []byte) []byte
	place    func(origin uint32) *record.Capture // nil: nobody knows
	text     bool                                // what persons wrote in a MESSAGE is kept
	places   map[uint32][]byte                   // by origin
	sorted   []entry
	plain    []byte
}

// entry is a message of some piles.
type entry struct {
	key              choose.Key
	meta             *wire.Meta
	raw, correlation []byte
}

// of returns the blocks of some piles, whose messages it overwrites where they must not be kept.
func (b *blocks) of(piles []*pile) (made []block) {
	b.sorted = b.sorted[:0]
	for _, p := range piles {
		rest := p.bytes
		for i := range p.items {
			it := &p.items[i]
			e := entry{meta: &it.meta, raw: rest[:it.raw], correlation: rest[it.raw : it.raw+it.correlation]}
			rest = rest[it.raw+it.correlation:]
			sip.Blank(e.raw, b.text)
			sdp.BlankKeys(e.raw)
			e.key = choose.CallIDKey(callIDOf(e.raw))
			b.sorted = append(b.sorted, e)
		}
	}
	// The messages of one Call-ID are in the order of the capture, and stay so.
	slices.SortStableFunc(b.sorted, func(x, y entry) int { return cmp.Compare(x.key, y.key) })
	for rest := b.sorted; len(rest) > 0; {
		var one block
		one, rest = b.block(rest)
		made = append(made, one)
	}
	clear(b.sorted)
	return made
}

// block makes a block of the first entries and returns the others.
func (b *blocks) block(entries []entry) (made block, rest []entry) {
	b.plain = b.plain[:0]
	made.first, made.last = entries[0].meta.Time, entries[0].meta.Time
	before := int64(0)
	for len(entries) > 0 && len(b.plain) < blockBytes {
		e := &entries[0]
		entries = entries[1:]
		made.first, made.last = min(made.first, e.meta.Time), max(made.last, e.meta.Time)
		if n := len(made.keys); n == 0 || made.keys[n-1] != e.key {
			made.keys = append(made.keys, e.key)
		}
		made.messages++
		b.append(e, before)
		before = e.meta.Time
	}
	made.body = b.compress(nil, b.plain)
	return made, entries
}

// append appends a message to the plain form of a block: lengths and numbers are those of encoding/binary with as many bytes as they need.
func (b *blocks) append(e *entry, before int64) {
	m := e.meta
	b.plain = binary.AppendVarint(b.plain, m.Time-before)
	b.plain = append(b.plain, byte(m.Transport))
	b.plain = binary.AppendUvarint(b.plain, uint64(m.Flags))
	src, _ := m.Src.MarshalBinary() // never fails
	dst, _ := m.Dst.MarshalBinary()
	for _, part := range [...][]byte{src, dst, b.placeOf(m.Origin), e.correlation, e.raw} {
		b.plain = binary.AppendUvarint(b.plain, uint64(len(part)))
		b.plain = append(b.plain, part...)
	}
}

// maxPlaces is how many places are remembered as text.
const maxPlaces = 4096

// placeOf returns where a message was captured as JSON, nothing for the one plain interface.
func (b *blocks) placeOf(origin uint32) []byte {
	if origin == 0 || b.place == nil {
		return nil
	}
	text, ok := b.places[origin]
	if ok {
		return text
	}
	if at := b.place(origin); at != nil {
		text, _ = json.Marshal(at) // texts and a number: never fails
	}
	if len(b.places) >= maxPlaces {
		clear(b.places)
	}
	b.places[origin] = text
	return text
}

// callIDOf returns the Call-ID of a message as records have it, "" for none.
func callIDOf(raw []byte) string {
	id := sip.PeekCallID(raw)
	return string(id[:min(len(id), wire.MaxText)])
}

var errBlock = errors.New("a block of messages is damaged")

// messagesOf appends the messages of the plain form of a block that are chosen.
func messagesOf(all []Message, plain []byte, chosen func(*Message) bool) ([]Message, error) {
	r := fields{rest: plain}
	at := int64(0)
	for len(r.rest) > 0 {
		at += r.varint()
		m := Message{Time: at, Transport: wire.Transport(r.byte()), Flags: record.Flags(r.uvarint())}
		src, dst, place, correlation := r.bytes(), r.bytes(), r.bytes(), r.bytes()
		m.Raw = r.bytes() // borrowed until it is chosen
		if r.bad || int(m.Transport) >= wire.NumTransports {
			return all, errBlock
		}
		if m.CallID = callIDOf(m.Raw); !chosen(&m) {
			continue
		}
		if err := errors.Join(m.Src.UnmarshalBinary(src), m.Dst.UnmarshalBinary(dst), m.locate(place, correlation)); err != nil {
			return all, fmt.Errorf("%w: %w", errBlock, err)
		}
		m.Raw = bytes.Clone(m.Raw)
		all = append(all, m)
	}
	return all, nil
}

// locate sets where the message was captured.
func (m *Message) locate(place, correlation []byte) error {
	if len(place) == 0 && len(correlation) == 0 {
		return nil
	}
	m.Place = new(record.Capture)
	m.Place.CorrelationID = string(correlation)
	if len(place) == 0 {
		return nil
	}
	err := json.Unmarshal(place, m.Place)
	m.Place.CorrelationID = string(correlation)
	return err
}

// fields reads the plain form of a block.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) varint() int64 {
	v, n := binary.Varint(f.rest)
	f.skip(n)
	return v
}

func (f *fields) uvarint() uint64 {
	v, n := binary.Uvarint(f.rest)
	f.skip(n)
	return v
}

func (f *fields) byte() byte {
	if len(f.rest) == 0 {
		f.bad = true
		return 0
	}
	c := f.rest[0]
	f.rest = f.rest[1:]
	return c
}

// bytes returns the next bytes, which come after their number. They are borrowed.
func (f *fields) bytes() []byte {
	n := f.uvarint()
	if n > uint64(len(f.rest)) {
		f.bad, f.rest = true, nil
		return nil
	}
	b := f.rest[:n:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) skip(n int) {
	if n <= 0 {
		f.bad, f.rest = true, nil
		return
	}
	f.rest = f.rest[n:]
}
