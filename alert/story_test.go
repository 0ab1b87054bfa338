package alert

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sipspan/record"
)

// epoch is when the stories begin: a Monday morning.
var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano()

// A story is what happens, a line for each kind of request that keeps coming:
//
//	FROM-TO RATE METHOD STATUS word...
//
// RATE is signals a second, evenly spread. STATUS is a code, “-” for no answer at all, or for REGISTER one of bound, unbound
// and lapsed, or refused for LINK. Words are from=PEER, to=PEER, src=ADDRESS, dst=ADDRESS, users=N (targets in turn),
// delay=D, event=PACKAGE, cause=SOURCE/CODE (a failure record follows five seconds later), hop (not the first one),
// inside, retried, elsewhere.
type told struct {
	at     int64
	signal *record.Signal
	record *record.Failure
}

func tell(tb testing.TB, story string) (all []told) {
	tb.Helper()
	for n, line := range strings.Split(strings.TrimSpace(story), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		first, last, _ := strings.Cut(words[0], "-")
		from, to := duration(tb, first), duration(tb, last)
		perSecond, err := strconv.ParseFloat(words[1], 64)
		if err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		step := time.Duration(float64(time.Second) / perSecond)
		for i, at := 0, from+step/2+time.Duration(n)*time.Microsecond; at < to; i, at = i+1, at+step {
			all = append(all, happening(tb, words[2:], n, i, epoch+int64(at))...)
		}
	}
	slices.SortStableFunc(all, func(a, b told) int { return int(min(max(a.at-b.at, -1), 1)) })
	return all
}

func happening(tb testing.TB, words []string, line, i int, at int64) []told {
	s := &record.Signal{
		Time: at, Method: words[0], First: true, CallID: fmt.Sprintf("%d-%d@example.com", line, i), Target: uint64(line)<<32 | uint64(i),
		Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"), Delay: 200 * time.Millisecond,
	}
	all := []told{{at: at, signal: s}}
	switch words[1] {
	case "-":
		s.Kind = record.SignalUnanswered
	case "bound":
		s.Kind, s.Count = record.SignalBound, 1
	case "unbound":
		s.Kind, s.Count = record.SignalUnbound, 1
	case "lapsed":
		s.Kind, s.Count = record.SignalLapsed, 1
	case "refused":
		s.Kind, s.Status, s.Method = record.SignalLinkDown, 7, ""
	default:
		s.Status, _ = strconv.Atoi(words[1])
	}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "from":
			s.From = value
		case "to":
			s.To = value
		case "src":
			s.Src = netip.AddrPortFrom(netip.MustParseAddr(value), 5060)
		case "dst":
			s.Dst = netip.AddrPortFrom(netip.MustParseAddr(value), 5060)
		case "users":
			n, _ := strconv.Atoi(value)
			s.Target = uint64(i % n)
		case "delay":
			s.Delay = duration(tb, value)
		case "event":
			s.Event = value
		case "hop":
			s.First = false
		case "inside":
			s.Inside = true
		case "retried":
			s.Retried = true
		case "elsewhere":
			s.Elsewhere = true
		case "cause":
			source, code, _ := strings.Cut(value, "/")
			f := &record.Failure{Method: s.Method, Status: s.Status, Cause: &record.Cause{Source: source, Code: code}}
			f.CallID, f.Peers = s.CallID, record.Peers{From: s.From, To: s.To}
			all = append(all, told{at: at + 5e9, record: f})
		default:
			tb.Fatalf("unknown word %q", word)
		}
	}
	return all
}

func duration(tb testing.TB, text string) time.Duration {
	tb.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// play tells an engine the story and lets time go on until an hour after its end, and returns the alerts.
func play(tb testing.TB, c Config, all []told) (alerts []*record.Alert) {
	tb.Helper()
	e := New(c, "test", func(a *record.Alert) { alerts = append(alerts, a) })
	run(e, all)
	return alerts
}

func run(e *Engine, all []told) {
	last := int64(0)
	for _, h := range all {
		if h.signal != nil {
			e.Signal(h.signal)
		} else {
			e.Record(h.at, h.record)
		}
		last = h.at
	}
	e.Advance(last + int64(20*time.Second))
}

// lines says of each alert when it was told, since the beginning of the story, and what it says.
func lines(alerts []*record.Alert) (list []string) {
	for _, a := range alerts {
		line := fmt.Sprintf("%s %s", a.State, a.Rule)
		for _, l := range a.Labels {
			line += fmt.Sprintf(" %s=%s", l.Name, l.Value)
		}
		line += fmt.Sprintf(" %v", time.Duration(a.Start-epoch))
		if a.End != 0 {
			line += fmt.Sprintf("-%v", time.Duration(a.End-epoch))
		}
		list = append(list, line)
	}
	return list
}

// only is a configuration with one of the default rules.
func only(names ...string) Config {
	c := DefaultConfig()
	c.Group = false // each rule by itself
	c.Rules = slices.DeleteFunc(c.Rules, func(r Rule) bool { return !slices.Contains(names, r.Name) })
	for _, r := range DefaultRules() {
		if !slices.Contains(names, r.Name) {
			c.Rules = append(c.Rules, Rule{Name: r.Name, Enabled: new(false)})
		}
	}
	return c
}

func isNaN(v float64) bool { return math.IsNaN(v) }
