package incident

import (
	"fmt"
	"slices"
	"strings"

	"sipspan/record"
)

// maxListed bounds the symptoms that an alert lists.
const maxListed = 20

// group is one fault.
type group struct {
	id      string
	start   int64
	newest  int64 // beginning of the latest symptom
	origin  string
	members []*member // the first is the one that leads once the group was handed on
	shown   bool      // it was handed on
	worse   bool      // another symptom leads than the one that was handed on
}

func newGroup(m *member) *group {
	return &group{id: m.Alert.ID, start: m.Alert.Start, newest: m.Alert.Start, origin: m.Traced.origin(), members: []*member{m}}
}

// lead is the symptom whose numbers the alert has.
func (g *group) lead() *member { return g.members[0] }

// class is that of the most telling symptom.
func (g *group) class() Class {
	c := g.lead().Class
	for _, m := range g.members {
		c = min(c, m.Class)
	}
	return c
}

// passes reports whether the failures of the group concern a peer.
func (g *group) passes(peer string) bool {
	return peer == g.origin || slices.ContainsFunc(g.members, func(m *member) bool {
		return m.Peer == peer || slices.Contains(m.Traced.Passed, peer)
	})
}

// takes reports whether a symptom belongs to the fault, and how sure that is: the higher, the surer.
func (g *group) takes(m *member) (sure int) {
	if slices.ContainsFunc(g.members, func(o *member) bool { return o.same(m.Alert) }) {
		return 100 // it came back while the others are not over
	}
	lead, at := g.lead(), m.Alert.Start
	switch {
	case m.Class == Source || lead.Class == Source:
		if m.Class == lead.Class && label(m.Alert, "source") != "" && label(m.Alert, "source") == label(lead.Alert, "source") {
			return 90
		}
		return 0
	case m.Class == Sensor && lead.Class == Sensor: // a flood, and what the capture loses in it
		if within(at, g.newest, nearby) {
			return 70
		}
		return 0
	case m.Class == Sensor || lead.Class == Sensor:
		return 0
	}
	origin := m.Traced.origin()
	switch {
	case m.Class == Failing && g.class() == Failing && origin != "" && g.origin != "":
		if origin == g.origin && within(at, g.newest, following) {
			return 80
		}
		return 0
	case m.Class == Failing && g.class() == Failing: // somebody's failures are those of several
		if within(at, g.newest, nearby) && (g.origin != "" && m.Traced.share(g.origin) >= 0.1 || g.overlaps(m)) {
			return 60
		}
		return 0
	}
	limit := nearby
	if m.Alert.Type == "registrations_lost" {
		limit = runsOut
	}
	switch {
	case m.Peer != "" && g.passes(m.Peer), origin != "" && g.passes(origin), g.overlaps(m):
		if within(at, g.newest, limit) {
			return 50
		}
	case m.Peer == "" || g.lead().Peer == "":
		if within(at, g.newest, limit) {
			return 40
		}
	case within(at, g.newest, together):
		return 30
	}
	return 0
}

// overlaps reports whether the requests of a symptom passed a peer that those of the group passed.
func (g *group) overlaps(m *member) bool {
	return slices.ContainsFunc(m.Traced.Passed, g.passes)
}

// add puts a symptom into the group.
func (g *group) add(m *member) {
	g.newest = max(g.newest, m.Alert.Start)
	if i := slices.IndexFunc(g.members, func(o *member) bool { return o.same(m.Alert) }); i >= 0 {
		g.members[i] = m
		return
	}
	g.members = append(g.members, m)
	if g.origin == "" && m.Class == Failing {
		g.origin = m.Traced.origin()
	}
	if !g.shown {
		g.start = min(g.start, m.Alert.Start)
		g.sort()
		return
	}
	if rank(m.Alert.Severity) < rank(g.lead().Alert.Severity) {
		if o := m.Traced.origin(); m.Class == Failing && o != "" {
			g.origin = o
		}
		g.sort()
		g.worse = true
	}
}

// sort puts the symptom that leads in front. Where something has changed at one peer alone, the symptom about that peer leads.
func (g *group) sort() {
	names := g.origin
	if g.class() == Changed {
		names = g.onlyPeer()
	}
	slices.SortStableFunc(g.members, func(a, b *member) int { return a.before(b, names) })
	if !g.shown {
		g.id = g.lead().Alert.ID
	}
}

// onlyPeer returns the peer that the symptoms are about, "" when there is none or several.
func (g *group) onlyPeer() (peer string) {
	for _, m := range g.members {
		switch {
		case m.Peer == "" || m.Peer == peer:
		case peer != "":
			return ""
		default:
			peer = m.Peer
		}
	}
	return peer
}

// over reports whether no symptom is left.
func (g *group) over() bool {
	return !slices.ContainsFunc(g.members, func(m *member) bool { return !m.over })
}

// alert returns the alert of the group in a state. It is a new one each time, because exporters keep what they were given.
func (g *group) alert(state string) *record.Alert {
	lead := g.lead()
	a := *lead.Alert
	a.ID, a.Start, a.State, a.Origin = g.id, min(g.start, a.Start), state, g.origin
	if lead.Class != Failing {
		a.Origin = ""
	}
	a.End = 0
	if a.Origin != "" {
		a.Labels = withLabel(a.Labels, record.Label{Name: "origin", Value: a.Origin})
	}
	for _, m := range g.members {
		if state != "firing" {
			a.End = max(a.End, m.Alert.End)
		}
		if m == lead || len(a.Symptoms) == maxListed {
			continue
		}
		s := m.Alert
		a.Symptoms = append(a.Symptoms, record.Symptom{
			Rule: s.Rule, Severity: s.Severity, State: s.State, Labels: s.Labels, Summary: s.Summary, Start: s.Start, Events: s.Events, Of: s.Of,
		})
	}
	if n := len(g.members) - 1; n > 0 {
		a.Summary += fmt.Sprintf(" (with %s of the same fault: %s)", plural(n), g.names())
	}
	return &a
}

func plural(n int) string {
	if n == 1 {
		return "1 other symptom"
	}
	return fmt.Sprintf("%d other symptoms", n)
}

// names lists the rules of the other symptoms, each once.
func (g *group) names() string {
	var all []string
	for _, m := range g.members[1:] {
		if !slices.Contains(all, m.Alert.Rule) {
			all = append(all, m.Alert.Rule)
		}
	}
	return strings.Join(all, ", ")
}

// withLabel returns labels with one more, in their order.
func withLabel(labels []record.Label, l record.Label) []record.Label {
	i, found := slices.BinarySearchFunc(labels, l, func(a, b record.Label) int { return strings.Compare(a.Name, b.Name) })
	if found {
		return labels
	}
	return slices.Insert(slices.Clone(labels), i, l)
}

func label(a *record.Alert, name string) string {
	for _, l := range a.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}
