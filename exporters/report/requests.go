package report

import (
	"strings"

	"sipspan/record"
)

// messages gathers instant messages.
type messages struct {
	total, accepted, failed, silent uint64
	bytes                           uint64
	failures                        tally[string]
	types                           tally[string]
}

func (m *messages) add(r *record.Message) {
	m.total++
	m.bytes += uint64(max(r.Size, 0))
	switch {
	case r.Status == 0:
		m.silent++
	case r.Status < 300:
		m.accepted++
	default:
		m.failed++
		m.failures.add(answer(r.Status, ""), 1)
	}
	if r.ContentType != "" {
		kind, _, _ := strings.Cut(r.ContentType, ";")
		m.types.add(strings.ToLower(strings.TrimSpace(kind)), 1)
	}
}

func (m *messages) section(p *page, inCalls uint64) {
	if m.total == 0 && inCalls == 0 {
		return
	}
	remark := counted(m.total+inCalls, "message", "messages")
	if m.bytes > 0 {
		remark += ", " + size(m.bytes)
	}
	p.section("Instant messages", remark)
	t := &table{}
	line := func(name string, n uint64, as style, text string) {
		if n > 0 {
			t.row(left(name).as(as), amount(n), part(n, m.total+inCalls), faint(text))
		}
	}
	line("accepted", m.accepted, green, "")
	line("failed", m.failed, red, list(&m.failures))
	line("no response", m.silent, yellow, "")
	line("inside calls", inCalls, normal, "")
	p.table(t)
	if m.types.total > 0 {
		p.lines("", p.paint("types", dim)+"  "+clip(list(&m.types), p.room()-7))
	}
}

// transactions gathers other requests.
type transactions struct {
	kinds tally[string]
}

func (t *transactions) add(r *record.Transaction) {
	t.kinds.add(short(r.Method)+"\x00"+answer(r.Status, ""), 1)
}

func (t *transactions) section(p *page) {
	if t.kinds.total == 0 {
		return
	}
	p.section("Other requests", counted(t.kinds.total, "transaction", "transactions"))
	lines := &table{}
	keys, more := t.kinds.top(most)
	for _, key := range keys {
		method, status, _ := strings.Cut(key, "\x00")
		lines.row(left(method), left(status).as(tone(status)), amount(t.kinds.counts[key]), part(t.kinds.counts[key], t.kinds.total))
	}
	if more > 0 {
		lines.row(faint(counted(uint64(more), "other kind", "other kinds")))
	}
	p.table(lines)
}
