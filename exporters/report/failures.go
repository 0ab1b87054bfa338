package report

import (
	"strings"

	"sipspan/record"
)

// failures counts failed requests by answer and cause.
type failures struct {
	complete
	kinds tally[string]
	sure  map[string]uint64          // complete ones of each kind
	first map[string]*record.Failure // the first one of each kind, for its sentence
}

// add counts a failure. Failures are of one kind when method, status and cause agree; phrases may differ.
func (f *failures) add(r *record.Failure) {
	key := r.Method + "\x00" + answer(r.Status, "")
	if c := r.Cause; c != nil {
		key += "\x00" + c.Source + "\x00" + c.Code
	}
	f.kinds.add(key, 1)
	sure := f.complete.add(&r.Header)
	if _, counted := f.kinds.counts[key]; !counted {
		return
	}
	if f.first == nil {
		f.first, f.sure = map[string]*record.Failure{}, map[string]uint64{}
	}
	if sure {
		f.sure[key]++
	}
	if f.first[key] != nil {
		return
	}
	f.first[key] = r
}

func (f *failures) section(p *page) {
	if f.kinds.total == 0 {
		return
	}
	p.section("Failures", counted(f.kinds.total, "failed request", "failed requests")+", by answer and cause, with the first Call-ID of each"+f.remark())
	t := &table{}
	keys, more := f.kinds.top(most)
	shown, sure := uint64(0), uint64(0)
	for _, key := range keys {
		r, n := f.first[key], f.kinds.counts[key]
		shown += n
		sure += f.sure[key]
		t.row(amount(n), part(f.sure[key], f.of), left(short(r.Method)), left(answer(r.Status, r.Reason)).as(red), faint(wire(r.CallID)))
	}
	if more > 0 {
		rest := f.kinds.total - shown
		t.row(amount(rest).as(dim), part(f.of-sure, f.of), faint("others"))
	}
	widths := t.widths()
	indent := total(widths[:2]) + gap
	for i, line := range t.lines(p.Options, p.room()) {
		p.lines(line)
		if i == len(keys) { // the line of the others
			break
		}
		for _, text := range fold(why(f.first[keys[i]].Cause), " ", p.room()-indent) {
			p.lines(strings.Repeat(" ", indent) + p.paint(text, yellow))
		}
	}
}

// why returns a cause in short: the sentence of its explanation, else its text with its source. The source "sip" is the answer
// itself, which stands beside it.
func why(c *record.Cause) string {
	switch {
	case c == nil:
		return ""
	case c.Explanation != "":
		return wire(c.Explanation)
	case c.Source == "sip":
		return ""
	}
	from := words(wire(strings.TrimSpace(c.Source + " " + c.Code)))
	if c.Text == "" {
		return from
	}
	return wire(c.Text) + " (" + from + ")"
}
