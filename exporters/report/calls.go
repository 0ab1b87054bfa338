package report

import (
	"cmp"
	"strings"

	"sipspan/record"
)

// slow is how many of the slowest set-ups are named.
const slow = 5

// calls gathers how calls ended.
type calls struct {
	complete
	ended, sure     [record.NumDispositions]uint64
	challenged      uint64
	retransmissions uint64
	services        tally[string]
	setup, duration spread
	slow            []*record.Call // the slowest first
	instantMessages uint64
	only            *record.Call // as long as there is no second one
}

func (c *calls) add(r *record.Call) {
	c.ended[r.Disposition]++
	c.only = nil
	if c.total == 0 {
		c.only = r
	}
	if c.complete.add(&r.Header) {
		c.sure[r.Disposition]++
	}
	if r.Challenged {
		c.challenged++
	}
	if r.Retransmissions > 0 {
		c.retransmissions++
	}
	for _, s := range r.Services {
		c.services.add(s, 1)
	}
	c.instantMessages += uint64(r.InstantMessages)
	if r.Duration.Known {
		c.duration.add(r.Duration.D)
	}
	if r.Setup.Known {
		c.setup.add(r.Setup.D)
		c.rank(r)
	}
}

// rank keeps a call if it is one of the slowest.
func (c *calls) rank(r *record.Call) {
	at := len(c.slow)
	for at > 0 && slower(r, c.slow[at-1]) {
		at--
	}
	if at == slow {
		return
	}
	if len(c.slow) < slow {
		c.slow = append(c.slow, nil)
	}
	copy(c.slow[at+1:], c.slow[at:])
	c.slow[at] = r
}

// slower orders calls by their set-up, and those that took equally long in a way that does not depend on their order.
func slower(a, b *record.Call) bool {
	return cmp.Or(cmp.Compare(b.Setup.D, a.Setup.D), cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) < 0
}

// dispositions is the order of the table: success, then failure, then those that are neither.
var dispositions = []record.Disposition{
	record.Answered, record.Busy, record.NoAnswer, record.Cancelled, record.Redirected, record.Rejected, record.AuthFailed, record.Failed,
	record.Timeout, record.Challenged, record.InProgress,
}

// tones are the colours of the dispositions.
var tones = [record.NumDispositions]Style{
	record.Answered: Good, record.Rejected: Bad, record.AuthFailed: Bad, record.Failed: Bad, record.Timeout: Bad,
	record.Busy: Doubt, record.NoAnswer: Doubt, record.Cancelled: Doubt, record.Redirected: Doubt,
	record.Challenged: Dim, record.InProgress: Dim,
}

func (c *calls) section(d *Document) {
	if c.total == 0 {
		return
	}
	d.section("Calls", number(c.total)+c.remark())
	if c.only != nil {
		d.table(single(c.only))
		d.space()
	}
	t := &Table{}
	for _, x := range dispositions {
		if n := c.ended[x]; n > 0 {
			t.row(left(words(x.String())).as(tones[x]), amount(n), part(c.sure[x], c.of), bar(c.sure[x], c.of).as(tones[x]))
		}
	}
	d.table(t)
	facts := &Table{}
	fact := func(name, text string) {
		if text != "" {
			facts.row(heading(name), left(text))
		}
	}
	fact("set-up", c.setup.String())
	fact("duration", c.duration.String())
	fact("challenged", some(c.challenged))
	fact("with retransmissions", some(c.retransmissions))
	fact("services", list(&c.services))
	d.facts(facts)
}

// words returns a name of the output with blanks instead of underscores.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// some returns a count with its noun, "" for 0.
func some(n uint64) string {
	if n == 0 {
		return ""
	}
	return number(n)
}

// list names what a tally counted, the most frequent first.
func list(t *tally[string]) string {
	names, more := t.top(most)
	parts := make([]string, 0, len(names)+1)
	for _, n := range names {
		parts = append(parts, words(wire(n))+" "+number(t.counts[n]))
	}
	if more > 0 {
		parts = append(parts, counted(uint64(more), "other", "others"))
	}
	return strings.Join(parts, " · ")
}

// barWidth is how many columns a bar takes for the whole.
const barWidth = 24

var eighths = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// blocks draws a part of a whole as a bar.
func blocks(of float64) string {
	steps := max(int(of*barWidth*8+0.5), 1)
	return strings.Repeat("█", steps/8) + eighths[steps%8]
}

// slowest names the calls that took longest to be answered.
func (c *calls) slowest(d *Document) {
	if len(c.slow) == 0 {
		return
	}
	d.section("Slowest set-ups", "INVITE to 2xx")
	t := &Table{Under: 1, Whole: true}
	for _, r := range c.slow {
		t.row(right(span(r.Setup.D)).as(Bold), left(who(r.From)+" → "+who(r.To)), faint(wire(r.CallID)))
	}
	d.table(t)
}

// who names a party by the user part and host of its address.
func who(party record.Party) string {
	uri := party.URI
	for _, scheme := range []string{"sip:", "sips:", "tel:"} {
		if rest, ok := strings.CutPrefix(uri, scheme); ok {
			uri = rest
			break
		}
	}
	uri, _, _ = strings.Cut(uri, ";")
	switch {
	case uri != "":
		return wire(uri)
	case party.Display != "":
		return wire(party.Display)
	}
	return "unknown"
}
