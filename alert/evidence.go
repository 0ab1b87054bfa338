package alert

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"sipspan/record"
)

// How much is remembered to say afterwards why and for whom.
const (
	maxTrouble = 8192 // requests that failed
	maxCauses  = 8192 // causes of failures
	maxTop     = 5
	maxSamples = 5
)

// evidence remembers the latest failures, whatever rule they count for. Only an alert that begins or ends looks at it.
type evidence struct {
	troubles ring[record.Signal]
	causes   ring[causeSeen]
}

// causeSeen is a failure that was explained.
type causeSeen struct {
	at           int64
	signal       record.Signal // the part of it that a rule asks about
	source, code string
	origin       netip.Addr // that generated the response, as far as hops show
	explanation  string
}

// ring holds the latest of a kind.
type ring[T any] struct {
	list []T
	next int
}

func (r *ring[T]) add(limit int) *T {
	if len(r.list) < limit {
		r.list = append(r.list, *new(T))
		return &r.list[len(r.list)-1]
	}
	x := &r.list[r.next]
	r.next = (r.next + 1) % limit
	return x
}

// latest goes over what is remembered, the latest first.
func (r *ring[T]) latest(yield func(*T) bool) {
	for i := range r.list {
		at := r.next - 1 - i
		if at < 0 {
			at += len(r.list)
		}
		if !yield(&r.list[at]) {
			return
		}
	}
}

// signal remembers a request that was refused or not answered, and what the network could not deliver.
func (e *evidence) signal(s *record.Signal) { *e.troubles.add(maxTrouble) = *s }

// failure remembers why something failed.
func (e *evidence) failure(at int64, f *record.Failure) {
	if f.Cause == nil {
		return
	}
	kind := record.SignalFinal
	if f.Status == 0 {
		kind = record.SignalUnanswered
	}
	*e.causes.add(maxCauses) = causeSeen{
		at:     at,
		signal: record.Signal{Kind: kind, Method: f.Method, Status: f.Status, From: f.Peers.From, To: f.Peers.To, CallID: f.CallID, First: true},
		source: f.Cause.Source, code: f.Cause.Code, origin: addressOf(f.Origin), explanation: f.Cause.Explanation,
	}
}

// addressOf reads the address of an element, the zero one when there is none.
func addressOf(text string) netip.Addr {
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

// concerns says whether a rule counts a signal as bad for that peer, "" for all.
func (w *watch) concerns(s *record.Signal, peer string) bool {
	switch w.Type {
	case LinkDown:
		if s.Kind != record.SignalLinkDown {
			return false
		}
	default:
		if s.Kind == record.SignalLinkDown || !w.takesMethod(s.Method) || w.judge(s) != bad {
			return false
		}
	}
	if peer == "" {
		return true
	}
	return w.Direction != From && s.To == peer || w.Direction != To && s.From == peer
}

func (w *watch) takesMethod(method string) bool {
	m := w.methods()
	return len(m) == 0 || slices.Contains(m, method)
}

// fill adds to an alert the causes, the elements that generated them and the samples of what happened from a time on.
func (e *evidence) fill(a *record.Alert, w *watch, peer string, from int64) *found {
	if w.Type == TrafficSilence || w.Type == RegistrationStorm || w.Type == RegistrationsLost || w.Type == SetupDelay || w.Type == CaptureDrops || w.Type == Flood {
		a.Command = w.command(a, &found{})
		return &found{}
	}
	f := e.find(&inquiry{w, peer, from})
	a.TopCauses, a.TopPeers, a.Samples = f.causes.top(), f.origins.top(), f.samples
	a.Origin = f.origins.most()
	a.LikelyCause = w.likely(f, a.Origin)
	a.Command = w.command(a, f)
	return f
}

// explains says whether a cause is one of what the rule counts.
func (w *watch) explains(c *causeSeen, peer string) bool {
	if w.source != "" {
		return c.source == w.source && (w.code == "" || c.code == w.code) && w.takesMethod(c.signal.Method)
	}
	return w.Event == "" && w.concerns(&c.signal, peer)
}

// code names what a request came to, in the words of causes.
func code(s *record.Signal) string {
	switch {
	case s.Kind == record.SignalLinkDown:
		return "network " + linkKind(s.Status)
	case s.Status == 0:
		return "timeout"
	}
	return cmpName("sip", strconv.Itoa(s.Status))
}

func cmpName(source, code string) string {
	if code == "" {
		return source
	}
	return source + " " + code
}

func sample(list []string, callID string, wanted bool) []string {
	if !wanted || callID == "" || len(list) >= maxSamples || slices.Contains(list, callID) {
		return list
	}
	return append(list, callID)
}

// tally64 counts by name.
type tally64 map[string]uint64

// top returns the names with the highest counts, the highest first.
func (t tally64) top() []record.Count {
	list := t.all()
	return list[:min(len(list), maxTop)]
}

// most returns the name that has at least half of the count, "" when none has.
func (t tally64) most() string {
	list := t.all()
	if len(list) == 0 || 2*list[0].Value < sum(list) {
		return ""
	}
	return list[0].Name
}

// all returns all names, the highest count first.
func (t tally64) all() []record.Count {
	var list []record.Count
	for name, n := range t {
		list = append(list, record.Count{Name: name, Value: n})
	}
	slices.SortFunc(list, func(a, b record.Count) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// fillSource adds to the alert of an address which responses it received, and samples of what it sent.
func (e *evidence) fillSource(a *record.Alert, w *watch, from int64) {
	codes, hops := tally64{}, tally64{}
	source := label(a, "source")
	for s := range e.troubles.latest {
		if s.Time < from {
			break
		}
		if s.Kind == record.SignalLinkDown || !s.First || w.attempt(s) != bad || s.Src.Addr().String() != source {
			continue
		}
		codes[code(s)]++
		hops[s.Dst.Addr().String()]++
		a.Samples = sample(a.Samples, s.CallID, true)
	}
	a.TopCauses, a.TopPeers = codes.top(), hops.top()
	a.Command = w.command(a, &found{})
}
