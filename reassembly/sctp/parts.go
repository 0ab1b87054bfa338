package sctp

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// part is a copy of a fragment that waits for the others of its message.
type part struct {
	tsn         uint32
	message     message
	seq         uint32
	first, last bool
	mark        uint64 // of the packet that carried it
	data        []byte
}

const (
	// maxParts bounds the fragments that wait in one direction, and so the work that a sender of tiny ones can make.
	maxParts = 1024
	// partOverhead stands for what a fragment takes beside its bytes.
	partOverhead = 64
)

// compare orders fragments by message, and by place in it.
func (p *part) compare(o *part) int {
	m, n := &p.message, &o.message
	if c := cmp.Or(
		boolean(m.interleaved, n.interleaved), boolean(m.unordered, n.unordered),
		cmp.Compare(m.stream, n.stream), cmp.Compare(m.number, n.number),
	); c != 0 {
		return c
	}
	return cmp.Compare(int32(p.seq-o.seq), 0)
}

func boolean(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// hold keeps a fragment, and hands its message on when that is whole.
func (a *Associations) hold(now int64, f *Flow, g *fragment) Fate {
	if g.cut { // what follows it cannot be joined to it
		f.lost = true
		return Refused
	}
	p := part{tsn: g.tsn, message: g.message, seq: g.seq, first: g.first, last: g.last, mark: a.mark}
	i, found := slices.BinarySearchFunc(f.parts, p, func(x, y part) int { return x.compare(&y) })
	if found { // another fragment claims its place
		a.stats.Duplicates++
		return Duplicate
	}
	p.data = append([]byte(nil), g.data...)
	f.parts = slices.Insert(f.parts, i, p)
	from, to, size := f.run(i)
	if f.parts[from].first && f.parts[to].last {
		fate := a.deliver(now, f, a.join(f.parts[from:to+1]), false)
		a.drop(f, from, to+1)
		return fate
	}
	a.note(now, f, cap(p.data)+partOverhead)
	if size > a.config.MaxMessageBytes || len(f.parts) > maxParts {
		a.overrun(now, f)
		return Refused
	}
	for a.stats.HeldBytes > a.config.MaxHeldTotal {
		a.overrun(now, a.waiting.Front().Value.(*Flow))
	}
	return Held
}

// run returns the first and the last of the fragments that follow each other without a gap around the one of index i, and how
// many bytes these have.
func (f *Flow) run(i int) (from, to, size int) {
	from, to, size = i, i, len(f.parts[i].data)
	for from > 0 && !f.parts[from].first && f.parts[from].follows(&f.parts[from-1]) {
		from--
		size += len(f.parts[from].data)
	}
	for to+1 < len(f.parts) && !f.parts[to].last && f.parts[to+1].follows(&f.parts[to]) {
		to++
		size += len(f.parts[to].data)
	}
	return from, to, size
}

// follows reports whether p is the next fragment of the message of o.
func (p *part) follows(o *part) bool {
	return p.message == o.message && p.seq == o.seq+1 && !p.first && !o.last
}

// join returns the bytes of fragments, valid until the next call.
func (a *Associations) join(parts []part) []byte {
	a.scratch = a.scratch[:0]
	for i := range parts {
		a.scratch = append(a.scratch, parts[i].data...)
	}
	if a.trace {
		a.marks = a.marks[:0]
		for i := range parts {
			a.marks = append(a.marks, parts[i].mark)
		}
	}
	return a.scratch
}

// note notes that f holds more bytes, and since when.
func (a *Associations) note(now int64, f *Flow, more int) {
	f.held += more
	a.stats.HeldBytes += more
	f.since = now
	if f.place == nil {
		f.place = a.waiting.PushBack(f)
	} else {
		a.waiting.MoveToBack(f.place)
	}
}

// drop takes fragments out.
func (a *Associations) drop(f *Flow, from, to int) {
	f.parts = slices.Delete(f.parts, from, to)
	held := 0
	for i := range f.parts {
		held += cap(f.parts[i].data) + partOverhead
	}
	a.stats.HeldBytes += held - f.held
	f.held = held
	if len(f.parts) == 0 {
		f.parts = nil
		if f.place != nil {
			a.waiting.Remove(f.place)
			f.place = nil
		}
	}
}

// overrun gives up what f holds, for a limit.
func (a *Associations) overrun(now int64, f *Flow) {
	a.stats.Overruns += uint64(len(f.parts))
	a.giveUp(now, f)
}

// giveUp gives up the fragments of f. The front of a message is handed on.
func (a *Associations) giveUp(now int64, f *Flow) {
	a.giveUpIf(now, f, func(*part) bool { return true })
}

// forward gives up the messages with a fragment up to a transmission sequence number: the sender has given them up.
func (a *Associations) forward(now int64, f *Flow, tsn uint32) {
	a.giveUpIf(now, f, func(p *part) bool { return int32(p.tsn-tsn) <= 0 })
}

// giveUpIf gives up the messages of which a fragment is to be, as far as fragments follow each other.
func (a *Associations) giveUpIf(now int64, f *Flow, is func(p *part) bool) {
	for i := 0; i < len(f.parts); {
		_, to, _ := f.run(i)
		run := f.parts[i : to+1]
		if !slices.ContainsFunc(run, func(p part) bool { return is(&p) }) {
			i = to + 1
			continue
		}
		a.stats.GivenUp += uint64(len(run))
		if run[0].first {
			front := a.join(run)
			a.deliver(now, f, front[:min(len(front), a.config.MaxMessageBytes)], true)
		}
		f.lost = true
		a.drop(f, i, to+1)
	}
}

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
