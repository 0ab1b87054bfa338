package live

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"sipspan/decode/sip"
	"sipspan/exporters/prometheus"
	"sipspan/record"
	"sipspan/session/stats"
)

// Status is the state of the sensor at one time. Its members have the names of the JSON form.
type Status struct {
	Time      string     `json:"time"` // RFC 3339, UTC
	Sensor    string     `json:"sensor"`
	Version   string     `json:"version"`
	Started   string     `json:"started"` // RFC 3339, UTC
	Health    Health     `json:"health"`
	Open      Open       `json:"open"`
	Rates     Rates      `json:"rates"`
	Calls     []Count    `json:"calls"`     // by disposition, since the start
	Answers   []Answers  `json:"answers"`   // by class, since the start
	Carries   Carries    `json:"carries"`   // what the packets carried
	Capture   Capture    `json:"capture"`   // what was received and lost
	Exporters []Exporter `json:"exporters"` // the queues of what is written and sent
	Alerts    []Alert    `json:"alerts"`    // that are firing, the one that began last first

}

// Health is whether the sensor is well.
type Health struct {
	Alive  bool   `json:"alive"`            // as /healthz
	Ready  bool   `json:"ready"`            // as /readyz
	Reason string `json:"reason,omitempty"` // why it is not
}

// Open is what goes on.
type Open struct {
	Calls         int64   `json:"calls"`
	Registrations int64   `json:"registrations"` // bindings
	Subscriptions int64   `json:"subscriptions"`
	Events        []Count `json:"events"` // subscriptions by event package
}

// Count is how many there are of something.
type Count struct {
	Name  string `json:"name"`
	Value uint64 `json:"value"`
}

// Answers is how many responses there were of one class.
type Answers struct {
	Class  string `json:"class"` // "1xx" to "6xx"
	All    uint64 `json:"all"`
	Invite uint64 `json:"invite"` // of them to INVITE
}

// Carries is what the packets carried.
type Carries struct {
	Line     string   `json:"line,omitempty"` // the shares, the largest first; absent without packets
	Remedies []string `json:"remedies"`       // what to do to have read what was not
}

// Capture is what was received and lost.
type Capture struct {
	Packets    uint64      `json:"packets"`
	Bytes      uint64      `json:"bytes"`
	Messages   uint64      `json:"messages"`
	Lost       []Loss      `json:"lost"` // without those of which nothing was lost
	Interfaces []Interface `json:"interfaces"`
}

// Loss is packets that were lost in one place.
type Loss struct {
	Interface string `json:"interface,omitempty"`
	Stage     string `json:"stage"`
	Packets   uint64 `json:"packets"`
}

// Interface is one interface that is captured.
type Interface struct {
	Name     string `json:"name"`
	Up       bool   `json:"up"`
	Reopened uint64 `json:"reopened"`
}

// Exporter is one queue.
type Exporter struct {
	Name      string `json:"name"`
	Queued    uint64 `json:"queued"`
	Delivered uint64 `json:"delivered"`
	Errors    uint64 `json:"errors"`
}

// Alert is a record of an alert, as it is written.
type Alert struct{ *record.Alert }

var _ json.Marshaler = Alert{}

// MarshalJSON implements json.Marshaler.
func (a Alert) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil), nil }

// State is the source of what the sensor does now.
type State struct {
	Source
	Board  Board
	Course *Course

	mu   sync.Mutex
	last *Status // what was answered last
	at   time.Time
}

// fresh is how long an answer is given again, so that many clients cost no more than one.
const fresh = time.Second

// New returns the state of a source.
func New(s Source) *State {
	st := &State{Source: s}
	st.Course = NewCourse(&st.Source)
	return st
}

func (s *Source) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// Status returns the state at this moment, or that of up to a second ago. It is not to be changed.
func (s *State) Status() *Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if age := now.Sub(s.at); s.last == nil || age < 0 || age >= fresh {
		s.last, s.at = s.status(now), now
	}
	return s.last
}

func (s *State) status(now time.Time) *Status {
	snapshot := s.Snapshot()
	st := &Status{
		Time: now.UTC().Format(time.RFC3339), Sensor: s.Sensor, Version: s.Version, Started: s.Started.UTC().Format(time.RFC3339),
		Health: s.health(), Rates: s.Course.rates(&snapshot, now), Exporters: []Exporter{}, Alerts: []Alert{},
		Capture: Capture{Packets: snapshot.Packets, Bytes: snapshot.Bytes, Lost: []Loss{}, Interfaces: []Interface{}},
		Carries: Carries{Remedies: []string{}},
	}
	path := s.Carries()
	st.Carries.Line = path.String()
	st.Carries.Remedies = append(st.Carries.Remedies, path.Remedies()...)
	for _, d := range snapshot.Drops {
		if d.Packets > 0 {
			st.Capture.Lost = append(st.Capture.Lost, Loss(d))
		}
	}
	for _, i := range snapshot.Interfaces {
		st.Capture.Interfaces = append(st.Capture.Interfaces, Interface(i))
	}
	for _, e := range snapshot.Exporters {
		st.Exporters = append(st.Exporters, Exporter(e))
	}
	for _, a := range s.Board.Firing() {
		st.Alerts = append(st.Alerts, Alert{a})
	}
	st.count(&snapshot)
	return st
}

// health returns whether the sensor is well, with the first reason why it is not.
func (s *Source) health() (h Health) {
	alive, ready := s.Alive(), s.Ready()
	h.Alive, h.Ready = alive == nil, ready == nil
	switch {
	case alive != nil:
		h.Reason = alive.Error()
	case ready != nil:
		h.Reason = ready.Error()
	}
	return h
}

// count adds what sessions and their messages count.
func (st *Status) count(s *prometheus.Snapshot) {
	st.Calls, st.Answers, st.Open.Events = []Count{}, make([]Answers, 6), []Count{}
	for i := range st.Answers {
		st.Answers[i].Class = strconv.Itoa(i+1) + "xx"
	}
	c := s.Session
	if c == nil {
		return
	}
	st.Capture.Messages = c.Messages()
	st.Open.Calls, st.Open.Registrations = c.CallsActive, c.RegistrationsActive
	for e, n := range c.SubscriptionsActive {
		st.Open.Subscriptions += n
		if n > 0 {
			st.Open.Events = append(st.Open.Events, Count{stats.EventPackage(e).String(), uint64(n)})
		}
	}
	for d, n := range c.Calls {
		st.Calls = append(st.Calls, Count{record.Disposition(d).String(), n})
	}
	for m := range sip.NumMethods {
		for i, n := range c.Responses[m] {
			a := &st.Answers[i/100]
			a.All += n
			if sip.Method(m) == sip.INVITE {
				a.Invite += n
			}
		}
	}
}
