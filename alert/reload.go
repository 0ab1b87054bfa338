package alert

import (
	"slices"
	"time"

	"sipspan/record"
)

// wanted is what a Reload asks for.
type wanted struct {
	rules []Rule
	peers []string
}

// Reload gives an engine other rules, and the names of the groups of addresses that there are now. It may be called from any goroutine; the
// rules are in force from the end of the slice that runs. A rule that looks at the same as before, with another threshold for one, keeps its
// baselines, its windows and its alerts. The alerts of rules and groups that are no longer there end as no longer watched. What was learned
// for a rule that is switched off is used again when it is switched on while the engine lives, as far as it is not too old.
func (e *Engine) Reload(rules []Rule, peers []string) {
	e.wanted.Store(&wanted{slices.Clone(rules), slices.Clone(peers)})
}

// Anew names the rules that are on before and after a Reload and look at something else than before, so that they begin anew.
func Anew(before, after []Rule, c Config) (names []string) {
	sees := map[string]string{}
	for _, r := range Complete(before) {
		if *r.Enabled {
			sees[r.Name] = newWatch(r, &c).sees()
		}
	}
	for _, r := range Complete(after) {
		if old, ok := sees[r.Name]; ok && *r.Enabled && old != newWatch(r, &c).sees() {
			names = append(names, r.Name)
		}
	}
	return names
}

// maxParked bounds the rules that are switched off and of which something is remembered.
const maxParked = maxRules

// adopt makes the engine work with what is wanted.
func (e *Engine) adopt(want *wanted) {
	e.config.Rules = want.rules
	at := max(e.next-e.interval, 0)
	before := make(map[string]*watch, len(e.watches))
	for _, w := range e.watches {
		before[w.Name] = w
	}
	var list []*watch
	for _, r := range Complete(want.rules) {
		if !*r.Enabled {
			continue
		}
		w := newWatch(r, &e.config)
		w.at, w.age = at, e.before+e.age
		list = append(list, w)
		if old := before[r.Name]; old != nil && old.sees() == w.sees() {
			delete(before, r.Name)
			w.succeed(old)
			e.drop(w, func(p *series) bool {
				return p.peer != "" && (!w.ofPeer(p.peer) || !slices.Contains(want.peers, p.peer))
			}, at)
			continue
		}
		if kept, ok := e.parked[r.Name]; ok && kept.Sees == w.sees() {
			delete(e.parked, r.Name)
			w.remember(kept.Series, true)
		}
	}
	for _, w := range e.watches {
		if before[w.Name] == w {
			e.park(w, at)
			e.drop(w, func(*series) bool { return true }, at)
			e.dropSources(w, at)
		}
	}
	e.watches = list
	e.route()
}

// succeed takes over what another watch of a rule that looks at the same has.
func (w *watch) succeed(old *watch) {
	w.standing = old.standing
	w.at, w.age, w.bound = old.at, old.age, old.bound
	w.all, w.peers, w.list, w.unkept = old.all, old.peers, old.list, old.unkept
	w.unclaimed, w.sameZone = old.unclaimed, old.sameZone
	w.sources = old.sources
}

// ofPeer reports whether the rule looks at a peer by itself.
func (w *watch) ofPeer(peer string) bool { return *w.ByPeer && w.Peer == "" || w.Peer == peer }

// drop forgets the series that are no longer looked at. Their alerts end.
func (e *Engine) drop(w *watch, gone func(*series) bool, at int64) {
	w.list = slices.DeleteFunc(w.list, func(p *series) bool {
		if !gone(p) {
			return false
		}
		e.abandon(w, &p.alarm, at)
		delete(w.peers, p.peer)
		return true
	})
}

func (e *Engine) dropSources(w *watch, at int64) {
	if w.sources == nil {
		return
	}
	for i := range w.sources.list {
		e.abandon(w, &w.sources.list[i].alarm, at)
	}
}

// abandon ends an alert of which nobody can say any more whether it is over.
func (e *Engine) abandon(w *watch, a *alarm, at int64) {
	if a.state != firing || a.fired == nil {
		return
	}
	w.standing.firing.Add(-1)
	over := *a.fired
	over.State, over.End, over.Summary = "resolved", max(at, over.Start), unwatched(a.fired)
	a.state, a.fired = quiet, nil
	e.fall(&over)
}

// unwatched is the summary of the end of an alert of which nobody can say any more whether it is over.
func unwatched(a *record.Alert) string { return "No longer watched: " + a.Summary }

// park remembers what was learned for a rule that is no longer looked at.
func (e *Engine) park(w *watch, at int64) {
	if e.parked == nil {
		e.parked = make(map[string]MemoryOfOne)
	}
	if _, known := e.parked[w.Name]; !known && len(e.parked) >= maxParked {
		return
	}
	e.parked[w.Name] = w.memory(time.Unix(0, at).UTC(), maxRemembered)
}

// route divides the rules among the signals that they count, and shows how they stand.
func (e *Engine) route() {
	e.byMethod = map[string][]*watch{}
	for _, list := range []*[]*watch{&e.byOther, &e.bySource, &e.byCause, &e.byLink, &e.lost, &e.dropped, &e.floods} {
		*list = nil
	}
	standings := make([]*standing, 0, len(e.watches))
	longest := 0
	for _, w := range e.watches {
		standings = append(standings, w.standing)
		longest = max(longest, w.spans[len(w.spans)-1]+int((*w.ResolveAfter+*w.For)/e.config.Interval))
		switch w.Type {
		case AuthFailures, Scanner:
			e.bySource = append(e.bySource, w)
		case LinkDown:
			e.byLink = append(e.byLink, w)
		case RegistrationsLost:
			e.lost = append(e.lost, w)
		case Flood:
			e.floods = append(e.floods, w)
		case CaptureDrops:
			e.dropped = append(e.dropped, w)
		}
		if w.source != "" {
			e.byCause = append(e.byCause, w)
		}
		if !w.ofRequests() {
			continue
		}
		if len(w.methods()) == 0 {
			e.byOther = append(e.byOther, w)
		}
		for _, m := range w.methods() {
			e.byMethod[m] = nil
		}
	}
	for m := range e.byMethod {
		for _, w := range e.watches { // in the order of the rules
			if w.ofRequests() && w.takesMethod(m) {
				e.byMethod[m] = append(e.byMethod[m], w)
			}
		}
	}
	e.dormant = longest + 2
	e.standing.Store(&standings)
}

// Status is how a rule stands.
type Status struct {
	Rule   string
	Firing int    // alerts that are not over
	Total  uint64 // alerts that began
}

// Status returns how every rule that is on stands. It may be called from any goroutine.
func (e *Engine) Status() []Status {
	standings := *e.standing.Load()
	list := make([]Status, len(standings))
	for i, s := range standings {
		list[i] = Status{Rule: s.rule, Firing: int(s.firing.Load()), Total: s.total.Load()}
	}
	return list
}
