package session

import "sipspan/record"

// Clock knows the stamps of packets where they are not their times.
type Clock interface {
	record.Clock
	// Differs reports whether there are such packets at all.
	Differs() bool
}

// restamp gives a record that leaves the correlator the stamps of its packets.
func (c *Correlator) restamp(r record.Record) {
	if c.Clock != nil && c.Clock.Differs() {
		record.Restamp(r, c.Clock)
	}
}

// apart reports whether the difference of two times is not that of the stamps.
func (c *Correlator) apart(from, to int64) bool {
	return c.Clock != nil && c.Clock.Differs() && c.Clock.Apart(from, to)
}
