package report

import "sipspan/record"

// tlsConnections gathers TLS connections.
type tlsConnections struct {
	complete
	ended, sure [record.NumTLSOutcomes]uint64
	decrypted   uint64
	broken      [record.NumTLSOutcomes]tally[string] // by server and cause
}

func (c *tlsConnections) add(r *record.TLS) {
	c.ended[r.Outcome]++
	if c.complete.add(&r.Header) {
		c.sure[r.Outcome]++
	}
	if r.Decrypted {
		c.decrypted++
	}
	if r.Cause != nil {
		c.broken[r.Outcome].add(clip(wire(r.Dst), 47)+" "+clip(wire(r.Cause.Text), 40), 1)
	}
}

func (c *tlsConnections) section(p *page) {
	if c.total == 0 {
		return
	}
	remark := counted(c.total, "connection", "connections") + ", " + counted(c.decrypted, "decrypted", "decrypted")
	p.section("TLS", remark+c.remark())
	t := &table{}
	for _, o := range [...]struct {
		outcome record.TLSOutcome
		name    string
		as      style
	}{
		{record.TLSEstablished, "established", green}, {record.TLSFailed, "handshake failed", red}, {record.TLSReset, "reset", red},
		{record.TLSUnfinished, "handshake not seen to its end", yellow}, {record.TLSMidStream, "captured from the middle", yellow},
	} {
		if n := c.ended[o.outcome]; n > 0 {
			t.row(left(o.name).as(o.as), amount(n), part(c.sure[o.outcome], c.of), faint(list(&c.broken[o.outcome])))
		}
	}
	p.table(t)
}
