package pipeline

import "sipspan/session"

// merge brings the workers' records into the order of packet time, joins what spans two Call-IDs and hands the result
// to the sink. It returns when every worker has made its last delivery.
func merge(in <-chan delivery, workers int, c *session.Correlator) {
	marks := make([]int64, workers)
	for left := workers; left > 0; {
		d := <-in
		for _, a := range d.announced {
			c.Announce(a.at, a.a)
		}
		for _, e := range d.emitted {
			c.Emit(e.at, e.rec)
		}
		marks[d.worker] = d.mark
		if d.mark == endOfReader {
			left--
		}
		reached := int64(endOfReader)
		for _, m := range marks {
			reached = min(reached, m)
		}
		if reached != endOfReader {
			c.Advance(reached)
		}
	}
	c.Close()
}
