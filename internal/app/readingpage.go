package app

import (
	"context"
	"slices"
	"time"

	"sipspan/capture/pcapfile"
	"sipspan/exporters/report"
	"sipspan/record"
	"sipspan/view/ladder/page"
	"sipspan/view/overview"
	"sipspan/view/story"
)

// writePage writes a report as a page, with the ladder of the first failure of each kind. The captures are read once more for that, so that
// there are no ladders of what came from standard input.
func (s *Reading) writePage(ctx context.Context, r *report.Report) error {
	if r.Empty() {
		return nil
	}
	wanted := r.Failed()
	var failed []page.Session
	if len(wanted) > 0 && !slices.Contains(s.Inputs, pcapfile.Stdin) {
		// What cannot be read was reported by the first reading.
		shown, _, _ := Show(ctx, Showing{
			Looking: Looking{Config: s.Config, Log: s.Log, Inputs: s.Inputs, Zone: s.Zone, Date: s.Date, Filter: s.Filter, HEP: s.HEP},
			Wanted:  func(r record.Record) bool { return slices.Contains(wanted, r.Head().CallID) },
			All:     true,
		})
		for _, one := range shown {
			failed = append(failed, page.Session{Story: story.Of(one.Record, s.local()), Ladder: one.Ladder})
		}
	}
	return overview.Write(s.Output, r.Document(), failed)
}

// local is the zone of the times for people.
func (s *Reading) local() *time.Location {
	if s.Local == nil {
		return time.UTC
	}
	return s.Local
}
