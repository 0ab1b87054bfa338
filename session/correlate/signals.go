package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sipspan/record"
)

// Watcher watches over how often things happen, in the order of packet time.
type Watcher interface {
	// Signal takes what has just happened. It is borrowed until the call returns.
	Signal(s *record.Signal)
	// Record takes a record that was finished at a time. It is shared and must not be changed.
	Record(at int64, r record.Record)
	// Advance reports that everything up to now was delivered.
	Advance(now int64)
}

// signals are those that wait for the watermark.
type signals struct {
	list []record.Signal
	done int           // of them were delivered
	last record.Signal // that a link is down
}

// sort forgets what was delivered and puts the others into their order.
func (q *signals) sort() {
	q.list = append(q.list[:0], q.list[q.done:]...)
	q.done = 0
	slices.SortFunc(q.list, compareSignals)
}

// deliver hands on those up to a time. A signal that several trackers report alike is delivered once.
func (q *signals) deliver(w Watcher, upTo int64) {
	for ; q.done < len(q.list) && q.list[q.done].Time <= upTo; q.done++ {
		s := &q.list[q.done]
		if s.Kind == record.SignalLinkDown {
			if *s == q.last {
				continue
			}
			q.last = *s
		}
		w.Signal(s)
	}
}

// compareSignals gives signals the same order for any number of trackers.
func compareSignals(a, b record.Signal) int {
	if a.Time != b.Time {
		return cmp.Compare(a.Time, b.Time)
	}
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind), strings.Compare(a.CallID, b.CallID), strings.Compare(a.Method, b.Method), cmp.Compare(a.Status, b.Status),
		compareAddrs(a.Src, b.Src), compareAddrs(a.Dst, b.Dst), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Count, b.Count),
		cmp.Compare(a.Delay, b.Delay),
	)
}

func compareAddrs(a, b netip.AddrPort) int { return a.Compare(b) }
