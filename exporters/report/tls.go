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

func (c *tlsConnections) section(d *Document) {
	if c.total == 0 {
		return
	}
	remark := counted(c.total, "connection", "connections") + ", " + counted(c.decrypted, "decrypted", "decrypted")
	d.section("TLS", remark+c.remark())
	t := &Table{}
	for _, o := range [...]struct {
		outcome record.TLSOutcome
		name    string
		as      Style
	}{
		{record.TLSEstablished, "established", Good}, {record.TLSFailed, "handshake failed", Bad}, {record.TLSReset, "reset", Bad},
		{record.TLSUnfinished, "handshake not seen to its end", Doubt}, {record.TLSMidStream, "captured from the middle", Doubt},
	} {
		if n := c.ended[o.outcome]; n > 0 {
			t.row(left(o.name).as(o.as), amount(n), part(c.sure[o.outcome], c.of), faint(list(&c.broken[o.outcome])))
		}
	}
	d.table(t)
}
