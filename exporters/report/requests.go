package report

import (
	"strings"

	"sipspan/record"
)

// messageEnd is how a message ended.
type messageEnd uint8

const (
	accepted messageEnd = iota
	failed
	silent
	messageEnds
)

// messages gathers instant messages.
type messages struct {
	complete
	ended, sure [messageEnds]uint64
	bytes       uint64
	failures    tally[string]
	types       tally[string]
}

func (m *messages) add(r *record.Message) {
	m.bytes += uint64(max(r.Size, 0))
	end := failed
	switch {
	case r.Status == 0:
		end = silent
	case r.Status < 300:
		end = accepted
	default:
		m.failures.add(answer(r.Status, ""), 1)
	}
	m.ended[end]++
	if m.complete.add(&r.Header) {
		m.sure[end]++
	}
	if r.ContentType != "" {
		kind, _, _ := strings.Cut(r.ContentType, ";")
		m.types.add(strings.ToLower(strings.TrimSpace(kind)), 1)
	}
}

func (m *messages) section(d *Document, inCalls uint64) {
	if m.total == 0 && inCalls == 0 {
		return
	}
	remark := counted(m.total+inCalls, "message", "messages")
	if m.bytes > 0 {
		remark += ", " + size(m.bytes)
	}
	d.section("Instant messages", remark+m.remark())
	t := &Table{}
	line := func(name string, n, sure uint64, as Style, text string) {
		if n > 0 {
			t.row(left(name).as(as), amount(n), part(sure, m.of+inCalls), faint(text))
		}
	}
	line("accepted", m.ended[accepted], m.sure[accepted], Good, "")
	line("failed", m.ended[failed], m.sure[failed], Bad, list(&m.failures))
	line("no response", m.ended[silent], m.sure[silent], Doubt, "")
	line("inside calls", inCalls, inCalls, Normal, "")
	d.table(t)
	if m.types.total > 0 {
		facts := &Table{}
		facts.row(heading("types"), left(list(&m.types)))
		d.facts(facts)
	}
}

// transactions gathers other requests.
type transactions struct {
	complete
	kinds, sure tally[string]
}

func (t *transactions) add(r *record.Transaction) {
	key := short(r.Method) + "\x00" + answer(r.Status, "")
	t.kinds.add(key, 1)
	if t.complete.add(&r.Header) {
		t.sure.add(key, 1)
	}
}

func (t *transactions) section(d *Document) {
	if t.kinds.total == 0 {
		return
	}
	d.section("Other requests", counted(t.kinds.total, "transaction", "transactions")+t.remark())
	lines := &Table{}
	keys, more := t.kinds.top(most)
	for _, key := range keys {
		method, status, _ := strings.Cut(key, "\x00")
		lines.row(left(method), left(status).as(tone(status)), amount(t.kinds.counts[key]), part(t.sure.counts[key], t.of))
	}
	if more > 0 {
		lines.row(faint(counted(uint64(more), "other kind", "other kinds")))
	}
	d.table(lines)
}
