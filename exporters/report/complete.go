package report

import "sipspan/record"

// complete counts the records of a kind that are complete. Shares are computed of these alone, because sessions that were captured
// in part would distort them.
type complete struct{ of, total uint64 }

// add counts a record and reports whether it is complete.
func (c *complete) add(h *record.Header) bool {
	c.total++
	if !h.Confidence.Complete() {
		return false
	}
	c.of++
	return true
}

// remark returns how many records the shares leave out, "" for none.
func (c *complete) remark() string {
	if c.of == c.total {
		return ""
	}
	return "; shares without " + number(c.total-c.of) + " seen in part"
}

// outcomeCounts counts how sessions of one kind ended, all of them and the complete ones.
type outcomeCounts struct {
	complete
	all, sure [record.NumOutcomes]uint64
}

func (c *outcomeCounts) add(h *record.Header, o record.Outcome) {
	c.all[o]++
	if c.complete.add(h) {
		c.sure[o]++
	}
}
