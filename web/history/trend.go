package history

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"time"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
	"sipspan/view/plain"
)

const (
	// maxCounted is how many failures are counted.
	maxCounted = 200_000
	// maxSeries is how many series a trend has, apart from what is in none of them.
	maxSeries = 8
	// steps is into about how many steps a time is divided.
	steps = 60
	// maxLabels is how many different labels are counted apart.
	maxLabels = 1000
	// maxLabel is how many characters one has.
	maxLabel = 60
	// maxSpan is the longest time of a trend.
	maxSpan = 400 * 24 * time.Hour
)

// By is what failures are told apart by.
type By string

// What failures are told apart by.
const (
	ByCause By = "cause" // its source and code
	ByPeer  By = "peer"  // the address that generated the response, or where it is not known, that of the receiver
)

// Trend is how many failures began in each step of a time.
type Trend struct {
	Since, Until time.Time
	Step         time.Duration
	Series       []Series // the largest first; what is in none of them is the last, without a label
	Total        int
	Doubt        string
}

// Series is the failures of one label.
type Series struct {
	Label  string
	Counts []int // one for each step
	Total  int
}

// ErrSpan is a time that no trend is made of.
var ErrSpan = errors.New("the time has to be between a minute and 400 days long")

// Trend counts failures between two times.
func (h *History) Trend(ctx context.Context, since, until time.Time, by By) (*Trend, error) {
	if span := until.Sub(since); span < time.Minute || span > maxSpan {
		return nil, ErrSpan
	}
	t := newTrend(since, until)
	query := choose.Query{Since: t.Since.Format(time.RFC3339Nano), Until: t.Until.Format(time.RFC3339Nano), Now: h.now()}
	choice, err := query.Compile()
	if err != nil {
		return nil, err
	}
	all := map[string]*Series{}
	var full = errors.New("too many")
	l := &List{}
	late, err := h.run(ctx, func(ctx context.Context) error {
		err := store.Search(ctx, h.folder, store.Query{Choice: choice, Kinds: []record.Kind{record.KindFailure}}, func(r record.Record) error {
			f, ok := r.(*record.Failure)
			if !ok {
				return nil
			}
			if t.Total == maxCounted {
				return full
			}
			t.count(all, labelOf(f, by), f.Start)
			return nil
		})
		if errors.Is(err, full) {
			l.Doubt = "there are more failures than are counted: choose a shorter time"
			return nil
		}
		return err
	})
	if err := l.doubt(late, err, h.most); err != nil {
		return nil, err
	}
	t.Doubt = l.Doubt
	t.gather(all)
	return t, nil
}

// lengths are those that a step may have.
var lengths = []time.Duration{
	time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// newTrend divides a time into steps that begin at round times.
func newTrend(since, until time.Time) *Trend {
	t := &Trend{Step: lengths[len(lengths)-1]}
	for _, length := range lengths {
		if until.Sub(since) <= steps*length {
			t.Step = length
			break
		}
	}
	t.Since, t.Until = since.Truncate(t.Step), until.Truncate(t.Step).Add(t.Step)
	return t
}

// Steps returns how many steps the time has.
func (t *Trend) Steps() int { return int(t.Until.Sub(t.Since) / t.Step) }

func (t *Trend) count(all map[string]*Series, label string, at int64) {
	i := int((at - t.Since.UnixNano()) / int64(t.Step))
	if i < 0 || i >= t.Steps() {
		return
	}
	s := all[label]
	if s == nil {
		if len(all) >= maxLabels {
			label = ""
			s = all[label]
		}
		if s == nil {
			s = &Series{Label: label, Counts: make([]int, t.Steps())}
			all[label] = s
		}
	}
	s.Counts[i]++
	s.Total++
	t.Total++
}

// gather keeps the largest series and adds the others up.
func (t *Trend) gather(all map[string]*Series) {
	list := slices.SortedFunc(maps.Values(all), func(a, b *Series) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Label, b.Label))
	})
	rest := Series{Counts: make([]int, t.Steps())}
	for _, s := range list {
		if s.Label != "" && len(t.Series) < maxSeries {
			t.Series = append(t.Series, *s)
			continue
		}
		for i, n := range s.Counts {
			rest.Counts[i] += n
		}
		rest.Total += s.Total
	}
	if rest.Total > 0 {
		t.Series = append(t.Series, rest)
	}
}

// labelOf returns what a failure is counted under.
func labelOf(f *record.Failure, by By) string {
	if by == ByPeer {
		for _, addr := range []string{f.Origin, f.Dst} {
			if a, err := netip.ParseAddrPort(addr); err == nil {
				return a.Addr().Unmap().String()
			}
		}
		return "unknown"
	}
	if f.Cause == nil {
		return "unknown"
	}
	label := f.Cause.Source
	if f.Cause.Code != "" {
		label += " " + f.Cause.Code
	}
	return plain.Clean(label, maxLabel)
}
