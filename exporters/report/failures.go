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

func (f *failures) section(d *Document) {
	if f.kinds.total == 0 {
		return
	}
	d.section("Failures", counted(f.kinds.total, "failed request", "failed requests")+", by answer and cause, with the first Call-ID of each"+f.remark())
	t := &Table{Under: 2, Whole: true}
	keys, more := f.kinds.top(most)
	shown, sure := uint64(0), uint64(0)
	for _, key := range keys {
		r, n := f.first[key], f.kinds.counts[key]
		shown += n
		sure += f.sure[key]
		t.row(amount(n), part(f.sure[key], f.of), left(short(r.Method)), left(answer(r.Status, r.Reason)).as(Bad), faint(wire(r.CallID)))
		t.note(why(r.Cause), Doubt)
	}
	if more > 0 {
		rest := f.kinds.total - shown
		t.row(amount(rest).as(Dim), part(f.of-sure, f.of), faint("others"))
	}
	d.table(t)
}

// firsts returns the Call-ID of the first failure of each kind that the section names.
func (f *failures) firsts() (callIDs []string) {
	keys, _ := f.kinds.top(most)
	for _, key := range keys {
		callIDs = append(callIDs, f.first[key].CallID)
	}
	return callIDs
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
