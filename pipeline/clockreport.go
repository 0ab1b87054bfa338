package pipeline

import (
	"time"

	"sipspan/capture"
)

// reportClock logs the first packet of the source by which its clock did anything but advance. The others are counted.
func (r *reader) reportClock(f *capture.Frame, stamp int64, v verdict) {
	what := "the clock of the capture was set"
	if v == wild {
		what = "a packet has a time that cannot be right"
	}
	r.reportOnce(what, "packet", f.Number, "time", time.Unix(0, stamp).UTC(), "interface", f.Interface)
}

// reportSet logs that the wall clock was set.
func (r *reader) reportSet(by int64) {
	r.reportOnce("the clock of the machine was set", "by", time.Duration(by))
}

func (r *reader) reportOnce(what string, details ...any) {
	if r.probation.told || r.log == nil {
		return
	}
	r.probation.told = true
	name := ""
	if stats := r.src.Stats(); len(stats) > 0 {
		name = stats[0].Name
	}
	r.log.Warn(what+"; durations across it are left out, more of the kind are only counted", append([]any{"source", name}, details...)...)
}
