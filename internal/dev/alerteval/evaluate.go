package alerteval

import (
	"runtime"

	"golang.org/x/sync/errgroup"

	"sipspan/internal/fault"
)

// HeldOut is the first of the seeds on which no rule was tuned: those below it were looked at while tuning.
const HeldOut = 3000

// Timelines returns all that is measured by default with so many seeds from the first on.
func Timelines(sites []Site, first uint64, seeds int) (list []*Timeline) {
	for seed := first; seed < first+uint64(seeds); seed++ {
		for _, s := range sites {
			list = append(list, Weeks(s, seed))
			list = append(list, Fresh(s, seed)...)
		}
	}
	return list
}

// Evaluate shows every timeline to an engine of its own, as many at a time as there are processors. The report tells each
// alert if asked to.
func Evaluate(timelines []*Timeline, engine Engine, each bool) *Report {
	outcomes := make([]*Outcome, len(timelines))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range timelines {
		g.Go(func() error {
			defer fault.Catch()
			outcomes[i] = t.Run(engine)
			return nil
		})
	}
	_ = g.Wait() // none of them returns an error
	return Sum(outcomes, each)
}
