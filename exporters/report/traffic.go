package report

import (
	"strings"
	"time"

	"sipspan/record"
)

// head writes what was read.
func (p *Report) head(d *Document) {
	name := "sipspan"
	if n := len(p.options.Sources); n > 0 {
		name += " · " + wire(p.options.Sources[0])
		if n > 1 {
			name += " and " + counted(uint64(n-1), "more", "more")
		}
	}
	d.Title = name
	first, last, read := p.first, p.last, time.Duration(0)
	if s := p.stats; s != nil {
		read = time.Duration(s.ElapsedMS * 1e6)
		if s.Start != 0 && s.End >= s.Start {
			first, last = s.Start, s.End
		}
	}
	var facts []string
	if first != 0 {
		facts = append(facts, period(first, last, p.zone()))
	}
	if read > 0 {
		facts = append(facts, "read in "+span(read))
	}
	d.Subtitle = strings.Join(facts, " · ")
}

// most is the greatest number of lines of a list of counts.
const most = 12

// traffic writes how many packets and messages there were.
func (p *Report) traffic(d *Document) {
	s := p.stats
	if s == nil {
		return
	}
	remark := counted(s.Packets, "packet", "packets") + ", " + size(s.Bytes)
	d.section("Traffic", remark)
	if steps := tallyOf(s.ClockSteps); steps.total > 0 {
		d.lines("The clock of the capture is not steady (" + list(steps) + "): durations across it are left out.")
	}
	if p.unsure.unsaid.counts["no_dates"] > 0 {
		d.lines("The times of a log name no day or no year: durations are known, times are left out. --date YYYY-MM-DD names the day of its first message.")
	}
	path := PathOf(s)
	if line := path.String(); line != "" {
		d.add(Block{Text: Text{Text: "carries " + line, Break: " · "}})
	}
	d.lines(path.Remedies()...)
	if s.Messages.Total == 0 {
		d.lines("No SIP message was seen.")
		return
	}
	facts := []string{counted(s.Messages.Total, "SIP message", "SIP messages")}
	if s.CallIDsExact {
		facts = append(facts, counted(s.CallIDs, "Call-ID", "Call-IDs"))
	}
	if s.Retransmissions > 0 {
		facts = append(facts, counted(s.Retransmissions, "retransmission", "retransmissions")+" ("+share(s.Retransmissions, s.Messages.Total)+")")
	}
	d.lines(strings.Join(facts, " · "))
	d.lines("over " + list(tallyOf(s.Messages.Transports)))
	d.add(Block{Apart: true, Tables: []*Table{
		counts("Requests", s.Messages.Requests, func(name string) Cell { return left(short(name)) }),
		counts("Responses", s.Messages.Responses, func(code string) Cell { return left(response(code)).as(tone(code)) }),
	}})
}

// counts is a table of the highest counts of a list.
func counts(name string, list []record.Count, label func(string) Cell) *Table {
	t := &Table{}
	if len(list) == 0 {
		return t
	}
	tally := tallyOf(list)
	names, left := tally.top(most)
	t.row(heading(name))
	shown := uint64(0)
	for _, n := range names {
		shown += tally.counts[n]
		t.row(label(n), amount(tally.counts[n]), part(tally.counts[n], tally.total))
	}
	if left > 0 {
		t.row(faint(counted(uint64(left), "other", "others")), amount(tally.total-shown).as(Dim), part(tally.total-shown, tally.total))
	}
	return t
}
