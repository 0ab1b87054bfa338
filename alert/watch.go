package alert

import (
	"math"
	"slices"
	"strings"
	"time"

	"sipspan/record"
)

// watch is a rule at work.
type watch struct {
	Rule
	standing  *standing
	slice     time.Duration
	threshold float64
	factor    float64
	samples   int64
	codes     codes
	source    string // of the cause, and its code
	code      string

	spans []int // how many slices back the rule looks: its window, and longer ones for where little happens
	block int   // so many slices are learned from at once
	lag   int   // slices that are so old are learned from
	young int   // the same of a series that has just begun

	at      int64   // when the last slice ended
	age     int     // slices that have ended, with those before a restart
	all     *series // everything; nil before it is needed
	peers   map[string]*series
	list    []*series // both, in the order of their first signals
	unkept  uint64    // signals of peers beyond maxSeries
	bound   int64     // bindings that are active, for a rule about registrations
	follow  uint32    // an address is followed when it was refused so often
	sources *sources  // of the types that look at addresses
	keep    float64   // what is kept of a share's memory from window to window
	recent  float64   // the same of a rate's
	plenty  float64   // so many samples are enough: no longer span is looked at

	unclaimed map[string]*SeriesMemory // by peer, of what was not seen since the start
	sameZone  bool                     // they are by the half hours of this time zone
	settle    int                      // slices that are watched before there is a comparison with what is remembered
}

// maxSeries bounds the peers of a rule.
const maxSeries = 2000

// Memories. A share of failures is much the same all day, so its memory is long, and a slow rise stands out against it.
// How much there is follows the hours, so the memory of that is short until the day is known.
const (
	shareMemory = 6 * time.Hour
	rateMemory  = 15 * time.Minute
)

// Where little happens, a rule looks back longer, so that it sees enough to be sure.
const (
	longer  = 5 * time.Minute
	longest = 15 * time.Minute
)

func newWatch(r Rule, c *Config) *watch {
	w := &watch{Rule: r, standing: &standing{rule: r.Name}, slice: c.Interval, threshold: *r.Threshold, factor: *r.Factor, samples: int64(*r.MinSamples)}
	for _, text := range r.Codes {
		_ = w.codes.set(text, true) // was validated
	}
	for _, text := range r.Except {
		_ = w.codes.set(text, false)
	}
	w.source, w.code, _ = strings.Cut(r.Cause, " ")
	slices := func(d time.Duration) int { return int((d + c.Interval - 1) / c.Interval) }
	window := slices(*r.Window)
	w.spans = []int{window}
	switch r.Type {
	case StatusRatio, NoResponse:
		w.lookBack(slices(longer), slices(longest))
	case TrafficSilence:
		w.lookBack(2*window, slices(longer), slices(longest))
	case AnswerRatio, SetupDelay, RegistrationsLost:
		w.lookBack(slices(longer), slices(longest), slices(2*longest), slices(time.Hour))
	case AuthFailures, Scanner:
		w.sources = newSources(c.MaxSources, int64(*r.Window))
		w.follow = uint32(min(4, w.threshold/4))
	}
	w.lag = max(window, slices(longer))
	w.young = w.lag
	w.block = window
	w.plenty = 100 * max(1, float64(w.samples))
	switch r.Type {
	case StatusRatio, NoResponse, AnswerRatio, SetupDelay:
		w.block = max(window, slices(longer))
	}
	if r.Type == AnswerRatio {
		w.plenty = 4 * max(1, float64(w.samples))
	}
	switch r.Type {
	case TrafficSilence:
		w.lag = max(window, slices(longest))
		w.settle = slices(settleTraffic)
	case RegistrationsLost:
		w.settle = slices(settleBindings)
	case AnswerRatio, SetupDelay:
		w.lag = max(window, slices(time.Hour))
	}
	length := time.Duration(w.block) * c.Interval
	w.keep = math.Exp(-length.Seconds() / shareMemory.Seconds())
	w.recent = math.Exp(-length.Seconds() / rateMemory.Seconds())
	return w
}

// ofRates says whether what is usual is a number in a window, and not a share.
func (w *watch) ofRates() bool {
	switch w.Type {
	case StatusCount, RegistrationStorm, LinkDown, TrafficSilence, Flood:
		return true
	}
	return false
}

// lookBack adds longer spans to the window.
func (w *watch) lookBack(spans ...int) {
	for _, more := range spans {
		if more > w.spans[len(w.spans)-1] {
			w.spans = append(w.spans, more)
		}
	}
}

// counts is what a signal is to a rule.
type counts uint8

const (
	apart counts = iota // it has nothing to do with the rule
	good
	bad
)

// judge says what a request is to the rule.
func (w *watch) judge(s *record.Signal) counts {
	if w.Event != "" && s.Event != w.Event || s.Inside && s.Method == "INVITE" {
		return apart
	}
	challenge := s.Status == 401 || s.Status == 407
	switch w.Type {
	case StatusRatio, StatusCount:
		switch {
		case w.source != "":
			return good // the failures with that cause come as records
		case w.codes.has(s.Status):
			return bad
		case challenge:
			return apart
		}
		return good
	case NoResponse:
		if s.Kind == record.SignalUnanswered {
			return bad
		}
		return good
	case AnswerRatio:
		switch {
		case s.Elsewhere:
			return apart // however many phones rang
		case challenge, 300 <= s.Status && s.Status < 400:
			return apart
		case 200 <= s.Status && s.Status < 300:
			return good
		}
		return bad
	case RegistrationStorm:
		if s.Retried {
			return apart
		}
		return bad
	case SetupDelay:
		if s.Delay <= 0 || !reached(s.Status) {
			return apart
		}
		return good
	case TrafficSilence:
		if s.Kind == record.SignalFinal && s.From == "" && isRefused(s.Status) {
			return apart // what strangers try is no traffic that is missed when they stop
		}
		return bad
	}
	return apart
}

// reached says whether a call with that final status got through to somebody, or to where somebody might be.
func reached(status int) bool {
	switch status {
	case 480, 486, 487, 600, 603:
		return true
	}
	return 200 <= status && status < 300
}

// methods are those that a rule is asked about, nil for all.
func (w *watch) methods() []string {
	switch w.Type {
	case RegistrationStorm:
		return []string{"REGISTER"}
	case AnswerRatio, SetupDelay:
		return []string{"INVITE"}
	}
	return w.Methods
}

// request counts a request that was answered or given up.
func (w *watch) request(s *record.Signal) {
	c := w.judge(s)
	if c == apart {
		return
	}
	if s.First && w.Peer == "" {
		w.count(w.whole(), s, c)
	}
	w.ofPeers(s, c)
}

// ofPeers counts for the peers that a signal is about.
func (w *watch) ofPeers(s *record.Signal, c counts) {
	if s.From == "" && s.To == "" || !*w.ByPeer && w.Peer == "" {
		return
	}
	if s.To != "" && w.Direction != From {
		if p := w.of(s.To); p != nil {
			w.count(p, s, c)
		}
	}
	if s.From != "" && w.Direction != To && s.From != s.To {
		if p := w.of(s.From); p != nil {
			w.count(p, s, c)
		}
	}
}

func (w *watch) count(p *series, s *record.Signal, c counts) {
	p.now.of++
	if c == bad {
		p.now.bad++
	}
	if w.Type == SetupDelay {
		p.delayed(s.Delay)
	}
}

// whole is the series of everything.
func (w *watch) whole() *series {
	if w.all == nil {
		w.all = w.newSeries("")
	}
	return w.all
}

// of is the series of a peer, nil when the rule does not look at it.
func (w *watch) of(peer string) *series {
	if p, ok := w.peers[peer]; ok {
		return p
	}
	switch {
	case w.Peer != "" && w.Peer != peer:
		return nil
	case len(w.list) >= maxSeries:
		w.unkept++
		return nil
	}
	if w.peers == nil {
		w.peers = make(map[string]*series)
	}
	p := w.newSeries(peer)
	w.peers[peer] = p
	return p
}

func (w *watch) newSeries(peer string) *series {
	p := newSeries(w, peer)
	if w.Type == LinkDown {
		p.rate.windows = max(0, w.age-w.lag) / w.block // in which there was nothing
	}
	p.recall(w)
	w.list = append(w.list, p)
	return p
}

// failure counts the record of a failed request for a rule about a cause.
func (w *watch) failure(f *record.Failure) {
	if w.source == "" || f.Cause == nil || f.Cause.Source != w.source || w.code != "" && f.Cause.Code != w.code {
		return
	}
	if len(w.Codes) > 0 && !w.codes.has(f.Status) || len(w.Methods) > 0 && !slices.Contains(w.Methods, f.Method) {
		return
	}
	if w.Peer == "" {
		w.whole().now.bad++
	}
	if !*w.ByPeer && w.Peer == "" {
		return
	}
	if f.Peers.To != "" && w.Direction != From {
		if p := w.of(f.Peers.To); p != nil {
			p.now.bad++
		}
	}
	if f.Peers.From != "" && w.Direction != To && f.Peers.From != f.Peers.To {
		if p := w.of(f.Peers.From); p != nil {
			p.now.bad++
		}
	}
}
