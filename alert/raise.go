package alert

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

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
	e.report(alert, w, peer, from, v)
	a.fired = alert
	e.status[w.position].firing.Add(1)
	e.status[w.position].total.Add(1)
	e.raise(alert)
}

// end hands on the same alert when it is over, with how it is now and why it was.
func (e *Engine) end(w *watch, a *alarm, peer string, v *verdict) {
	alert := *a.fired
	a.fired = nil
	alert.State, alert.End = "resolved", max(a.over, a.since)
	was := alert
	alert.TopCauses, alert.TopPeers, alert.Samples = nil, nil, nil
	e.report(&alert, w, peer, alert.Start, v)
	if sum(alert.TopCauses) < sum(was.TopCauses) || len(alert.Samples) == 0 { // it is too long ago to be remembered
		alert.TopCauses, alert.TopPeers, alert.Samples = was.TopCauses, was.TopPeers, was.Samples
	}
	e.status[w.position].firing.Add(-1)
	e.raise(&alert)
}

func sum(list []record.Count) (n uint64) {
	for _, c := range list {
		n += c.Value
	}
	return n
}

// report fills in what was seen.
func (e *Engine) report(a *record.Alert, w *watch, peer string, from int64, v *verdict) {
	a.Value, a.Threshold, a.Baseline = rounded(v.value), rounded(v.threshold), rounded(v.baseline)
	a.Events, a.Of = v.events, v.of
	if w.sources != nil {
		e.evidence.fillSource(a, w, from)
	} else {
		e.evidence.fill(a, w, peer, from)
	}
	a.Summary = w.summary(a, v)
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
