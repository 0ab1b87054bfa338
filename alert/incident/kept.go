package incident

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"sipspan/record"
)

// Fault is a group in plain values, which can be kept in a file.
type Fault struct {
	ID      string `json:"id"`
	Start   int64  `json:"start"` // Unix nanoseconds, as the others
	Newest  int64  `json:"newest"`
	Origin  string `json:"origin,omitempty"`
	Members []Kept `json:"members"`
}

// Kept is a symptom of a Fault. The first one leads.
type Kept struct {
	Alert  json.RawMessage `json:"alert"` // the JSON of the record
	Class  Class           `json:"class"`
	Peer   string          `json:"peer,omitempty"`
	Passed []string        `json:"passed,omitempty"`
	Over   bool            `json:"over,omitempty"`

	Expected float64 `json:"expected,omitempty"`
}

// Read returns the alert of a symptom.
func (k *Kept) Read() (*record.Alert, error) {
	r, err := record.Decode(k.Alert)
	if err != nil {
		return nil, err
	}
	a, ok := r.(*record.Alert)
	if !ok || a.ID == "" || a.Rule == "" {
		return nil, errors.New("no alert")
	}
	return a, nil
}

// Faults returns the groups that were handed on and are not over.
func (g *Groups) Faults() (all []Fault) {
	for _, o := range g.open {
		if !o.shown || o.over() {
			continue
		}
		f := Fault{ID: o.id, Start: o.start, Newest: o.newest, Origin: o.origin}
		for _, m := range o.members {
			k := Kept{Alert: m.Alert.AppendJSON(nil), Class: m.Class, Peer: m.Peer, Passed: m.Traced.Passed, Over: m.over}
			if !math.IsNaN(m.Expected) && !math.IsInf(m.Expected, 0) {
				k.Expected = m.Expected
			}
			f.Members = append(f.Members, k)
		}
		all = append(all, f)
	}
	return all
}

// Resume takes a group up that was handed on before a restart, and returns the symptoms that are not over. It is called
// before the first Turn.
func (g *Groups) Resume(f *Fault) ([]Symptom, error) {
	o := &group{id: f.ID, start: f.Start, newest: f.Newest, origin: f.Origin, shown: true}
	var open []Symptom
	for i := range f.Members {
		k := &f.Members[i]
		a, err := k.Read()
		if err != nil {
			return nil, fmt.Errorf("symptom %d of alert %s: %w", i, f.ID, err)
		}
		s := Symptom{Alert: a, Class: k.Class, Peer: k.Peer, Traced: Traced{Passed: k.Passed}, Expected: k.Expected}
		o.members = append(o.members, &member{Symptom: s, over: k.Over})
		if !k.Over {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return nil, fmt.Errorf("alert %s has no symptom that is not over", f.ID)
	}
	g.open = append(g.open, o)
	return open, nil
}

// Firing returns the alerts of the groups that were handed on, as they are now.
func (g *Groups) Firing() (all []*record.Alert) {
	for _, o := range g.open {
		if o.shown && !o.over() {
			all = append(all, o.alert("firing"))
		}
	}
	return all
}
