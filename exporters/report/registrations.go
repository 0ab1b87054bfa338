package report

import "sipspan/record"

// outcomes is the order in which outcomes are named.
var outcomes = []record.Outcome{
	record.Registered, record.Active, record.Published, record.Refreshed, record.Modified, record.Unregistered, record.Fetched,
	record.Terminated, record.Removed, record.Expired, record.OutcomeInProgress, record.ConditionFailed,
	record.OutcomeRejected, record.OutcomeFailed, record.OutcomeTimeout, record.OutcomeUnknown,
}

// outcomeTones are the colours of the outcomes.
var outcomeTones = [record.NumOutcomes]Style{
	record.Registered: Good, record.Active: Good, record.Published: Good, record.Refreshed: Good, record.Modified: Good,
	record.Expired: Doubt, record.ConditionFailed: Bad,
	record.OutcomeRejected: Bad, record.OutcomeFailed: Bad, record.OutcomeTimeout: Bad, record.OutcomeUnknown: Dim,
}

// registrations gathers how registrations ended.
type registrations struct {
	outcomeCounts
	challenged uint64
	delay      spread
	refused    tally[string] // by answer
}

func (g *registrations) add(r *record.Registration) {
	g.outcomeCounts.add(&r.Header, r.Outcome)
	if r.Challenged {
		g.challenged++
	}
	if r.RRD.Known {
		g.delay.add(r.RRD.D)
	}
	if r.Outcome == record.OutcomeFailed || r.Outcome == record.OutcomeTimeout {
		g.refused.add(answer(r.Status, ""), 1)
	}
}

func (g *registrations) section(d *Document) {
	if g.total == 0 {
		return
	}
	d.section("Registrations", counted(g.total, "attempt", "attempts")+g.remark())
	d.table(g.table())
	facts := &Table{}
	if g.delay.n > 0 {
		facts.row(heading("delay"), left(g.delay.String()))
	}
	if g.challenged > 0 {
		facts.row(heading("challenged"), left(number(g.challenged)))
	}
	if g.refused.total > 0 {
		facts.row(heading("refused with"), left(list(&g.refused)))
	}
	d.facts(facts)
}

// table shows how many sessions had which outcome.
func (c *outcomeCounts) table() *Table {
	t := &Table{}
	for _, o := range outcomes {
		if n := c.all[o]; n > 0 {
			t.row(left(o.String()).as(outcomeTones[o]), amount(n), part(c.sure[o], c.of), bar(c.sure[o], c.of).as(outcomeTones[o]))
		}
	}
	return t
}
