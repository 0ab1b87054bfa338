package alert

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"sipspan/alert/incident"
	"sipspan/record"
)

// labels say what the alert of a series is about.
func (p *series) labels(w *watch) []record.Label {
	if p.peer == "" {
		return nil
	}
	if w.Direction == Either {
		return []record.Label{{Name: "peer", Value: p.peer}}
	}
	return []record.Label{{Name: "direction", Value: w.Direction}, {Name: "peer", Value: p.peer}}
}

// labels say whom the alert of an address is about.
func (x *source) labels() []record.Label {
	list := []record.Label{{Name: "source", Value: x.addr.String()}}
	if x.peer != "" {
		list = append(list, record.Label{Name: "peer", Value: x.peer})
	}
	slices.SortFunc(list, func(a, b record.Label) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// begin hands on an alert that begins.
func (e *Engine) begin(w *watch, a *alarm, labels []record.Label, peer string, at int64, v *verdict) {
	alert := &record.Alert{
		Rule: w.Name, Type: w.Type, Severity: w.Severity, State: "firing", Labels: labels,
	}
	alert.Sensor, alert.Start, alert.ID = e.sensor, a.since, alertID(w.Name, labels, a.since)
	from := at - int64(v.span)*e.interval
	if w.sources != nil {
		from = at - int64(v.span)*int64(*w.Window)
	}
	found := e.report(alert, w, peer, from, v)
	a.fired = alert
	w.standing.firing.Add(1)
	w.standing.total.Add(1)
	e.rise(w, alert, peer, a.expected, found)
}

// rise gives an alert that begins to its group, or hands it on where there are none.
func (e *Engine) rise(w *watch, a *record.Alert, peer string, expected float64, f *found) {
	if e.Symptom != nil {
		e.Symptom(a)
	}
	if e.groups == nil {
		e.raise(a)
		return
	}
	e.groups.Begin(w.symptom(a, peer, expected, f))
}

// end hands on the same alert when it is over, with what there was in all of its time.
func (e *Engine) end(w *watch, a *alarm, peer string, v *verdict) {
	alert := *a.fired
	a.fired = nil
	alert.State, alert.End = "resolved", max(a.over, a.since)
	was := alert
	whole := w.inAll(a, &was, v)
	alert.TopCauses, alert.TopPeers, alert.Samples = nil, nil, nil
	e.report(&alert, w, peer, alert.Start, &whole)
	if sum(alert.TopCauses) < sum(was.TopCauses) || len(alert.Samples) == 0 { // it is too long ago to be remembered
		alert.TopCauses, alert.TopPeers, alert.Samples = was.TopCauses, was.TopPeers, was.Samples
		alert.Origin, alert.LikelyCause, alert.LookAt = was.Origin, was.LikelyCause, was.LookAt
		alert.Summary = w.summary(&alert, &whole)
	}
	w.standing.firing.Add(-1)
	e.fall(&alert)
}

// fall gives an alert that is over to its group, or hands it on where there are none.
func (e *Engine) fall(a *record.Alert) {
	if e.Symptom != nil {
		e.Symptom(a)
	}
	if e.groups == nil {
		e.raise(a)
		return
	}
	e.groups.End(a)
}

// inAll returns the numbers of all the time that an alert lasted.
func (w *watch) inAll(a *alarm, was *record.Alert, v *verdict) verdict {
	all := *v
	all.threshold, all.baseline = was.Threshold, was.Baseline
	t := a.total
	bad, of := float64(max(t.bad, 0)), float64(max(t.of, 0))
	all.events, all.of = uint64(bad), uint64(of)
	switch w.Type {
	case StatusRatio, NoResponse, CaptureDrops:
		all.value = bad / of
	case AnswerRatio:
		all.events = uint64(max(of-bad, 0))
		all.value = 1 - bad/of
	case RegistrationsLost:
		all.of = max(was.Of, all.events)
		all.value = bad / float64(all.of)
	case SetupDelay:
		all.events, all.of = uint64(of), 0
		all.value = math.Exp(t.typical())
	case TrafficSilence:
		slices := float64(max((was.End-was.Start)/int64(w.slice), 1))
		all.baseline = a.expected / float64(w.spans[0]) * slices
		all.of = uint64(math.Round(all.baseline))
		all.value = bad / all.baseline
	case AuthFailures, Scanner: // they are counted in windows
		all.value, all.events, all.of = was.Value, was.Events, was.Of
		if a.long {
			all.span = longTimes
		}
	default:
		all.value, all.of = bad, 0
	}
	if math.IsNaN(all.value) || math.IsInf(all.value, 0) { // nothing was counted
		all.value, all.events, all.of = was.Value, was.Events, was.Of
	}
	return all
}

// lasts counts a slice of an alert that is firing. What is as it should be again belongs to it only if that does not last.
func (p *series) lasts(v *verdict) {
	a := &p.alarm
	now := p.aged(1)
	switch {
	case !v.clears:
		a.total.add(a.tail)
		a.total.add(now)
		a.tail = tally{}
	case a.clear == 0: // it became so some slices ago
		a.tail = now
		for i := 2; i <= min(v.since, len(p.ring)); i++ {
			back := p.aged(i)
			a.total.sub(back)
			a.tail.add(back)
		}
	default:
		a.tail.add(now)
	}
}

// began counts what led to an alert: the slices since its beginning.
func (p *series) began(at, interval int64) {
	p.alarm.total, p.alarm.tail = tally{}, tally{}
	for i := 1; i <= min(int((at-p.alarm.since)/interval), p.ended, len(p.ring)); i++ {
		p.alarm.total.add(p.aged(i))
	}
}

func sum(list []record.Count) (n uint64) {
	for _, c := range list {
		n += c.Value
	}
	return n
}

// report fills in what was seen.
func (e *Engine) report(a *record.Alert, w *watch, peer string, from int64, v *verdict) (f *found) {
	a.Value, a.Threshold, a.Baseline = rounded(v.value), rounded(v.threshold), rounded(v.baseline)
	a.Events, a.Of = v.events, v.of
	if w.sources != nil {
		e.evidence.fillSource(a, w, from)
	} else {
		f = e.evidence.fill(a, w, peer, from)
	}
	a.LookAt = w.lookAt(a, a.Origin)
	a.Summary = w.summary(a, v)
	return f
}

// rounded keeps six digits, which is more than any of this is exact to.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// alertID returns the ID that both records of an alert have: a hash of what makes it this one.
func alertID(rule string, labels []record.Label, start int64) string {
	b := append([]byte{byte(record.KindAlert)}, rule...)
	for _, l := range labels {
		b = append(append(append(append(b, 0), l.Name...), 0), l.Value...)
	}
	b = binary.BigEndian.AppendUint64(append(b, 0), uint64(start))
	const digits = "0123456789abcdef"
	var id [16]byte
	h := xxhash.Sum64(b)
	for i := range id {
		id[i] = digits[h>>(60-4*i)&15]
	}
	return string(id[:])
}

// trace looks anew at what the rule of a symptom counted.
func (e *Engine) trace(s *incident.Symptom) incident.Traced {
	for _, w := range e.watches {
		if w.Name == s.Alert.Rule {
			f := e.evidence.find(&inquiry{w: w, peer: s.Peer, from: s.Alert.Start})
			return incident.Traced{Origins: f.origins.all(), Passed: f.passed}
		}
	}
	return s.Traced
}
