package pipeline

import (
	"time"

	"sipspan/pipeline/timeline"
)

// ClockStep implements timeline.Handler. It logs the first occasion on which the clock of the source did anything but
// advance. The others are counted.
func (r *reader) ClockStep(s timeline.Step) {
	if r.clockLogged || r.log == nil {
		return
	}
	r.clockLogged = true
	source := ""
	if stats := r.src.Stats(); len(stats) > 0 {
		source = stats[0].Name
	}
	what, details := "the clock of the machine was set", []any{"source", source, "by", s.By}
	if f := s.Frame; f != nil {
		what = "the clock of the capture was set"
		if s.Wild {
			what = "a packet has a time that cannot be right"
		}
		details = []any{"source", source, "packet", f.Number, "time", time.Unix(0, f.Time).UTC(), "interface", f.Interface}
	}
	r.log.Warn(what+"; durations across it are left out, more of the kind are only counted", details...)
}
