package list

import (
	"strconv"
	"strings"

	"sipspan/record"
)

// tables holds the columns of the lists of each kind.
var tables = map[record.Kind][]column{
	record.KindCall:         calls(),
	record.KindRegistration: registrations(),
	record.KindSubscription: subscriptions(),
	record.KindFailure:      failures(),
}

// of makes a function of every record of one of a kind. A list holds records of its kind only.
func of[R record.Record, V any](f func(R) V) func(record.Record) V {
	return func(r record.Record) V { return f(r.(R)) }
}

func calls() []column {
	type call = *record.Call
	services := func(c call) string {
		all := make([]string, len(c.Services))
		for i, s := range c.Services {
			all[i] = words(s)
		}
		return clean(strings.Join(all, ", "))
	}
	all := []column{
		theTime(),
		{name: "from", heading: "FROM", least: 6, short: name, text: of(func(c call) string { return side(c.From.URI) })},
		{name: "to", heading: "TO", least: 6, short: name, text: of(func(c call) string { return side(c.To.URI) })},
		{name: "disposition", heading: "DISPOSITION", text: of(func(c call) string { return words(c.Disposition.String()) })},
		{
			name: "status", heading: "STATUS", right: true, rank: 5,
			text: of(func(c call) string { return code(c.Status) }), key: of(func(c call) key { return counted(c.Status) }),
		},
		{
			name: "setup", heading: "SET-UP", right: true, rank: 4,
			text: of(func(c call) string { return elapsed(c.Setup) }), key: of(func(c call) key { return timed(c.Setup) }),
		},
		{
			name: "duration", heading: "DURATION", right: true, rank: 2,
			text: of(func(c call) string { return elapsed(c.Duration) }), key: of(func(c call) key { return timed(c.Duration) }),
		},
		{name: "ended_by", heading: "ENDED BY", rank: 7, text: of(func(c call) string { return clean(c.ReleasedBy) })},
		{name: "services", heading: "SERVICES", least: 12, rank: 6, text: of(services)},
	}
	all = append(all, endColumns(of(func(c call) *record.Cause { return c.Cause }))...)
	return append(all,
		column{
			name: "ring", heading: "RING", right: true, rank: 9, hidden: true,
			text: of(func(c call) string { return elapsed(c.Ring) }), key: of(func(c call) key { return timed(c.Ring) }),
		},
		column{
			name: "hops", heading: "HOPS", right: true, rank: 9, hidden: true,
			text: of(func(c call) string { return strconv.Itoa(len(c.Hops)) }), key: of(func(c call) key { return numbered(float64(len(c.Hops))) }),
		},
		column{name: "codec", heading: "CODEC", rank: 9, hidden: true, text: of(codecs)},
		column{name: "caller", heading: "CALLER", rank: 9, hidden: true, text: of(func(c call) string { return clean(c.Caller.Addr) })},
		column{name: "callee", heading: "CALLEE", rank: 9, hidden: true, text: of(func(c call) string { return clean(c.Callee.Addr) })},
	)
}

// codecs names the codecs of the media of a call.
func codecs(c *record.Call) string {
	var all []string
	for _, m := range c.Media {
		if m.Codec != "" {
			all = append(all, m.Codec)
		}
	}
	return clean(strings.Join(all, ", "))
}

func registrations() []column {
	type registration = *record.Registration
	all := []column{
		theTime(),
		{name: "aor", heading: "ADDRESS OF RECORD", least: 8, short: name, text: of(func(r registration) string { return side(r.AOR) })},
		{name: "outcome", heading: "OUTCOME", text: of(func(r registration) string { return words(r.Outcome.String()) })},
		{
			name: "status", heading: "STATUS", right: true, rank: 5,
			text: of(func(r registration) string { return code(r.Status) }), key: of(func(r registration) key { return counted(r.Status) }),
		},
		{
			name: "expires", heading: "EXPIRES", right: true, rank: 2,
			text: of(func(r registration) string { return seconds(r.Expires) }), key: of(func(r registration) key { return expiry(r.Expires) }),
		},
		{
			name: "delay", heading: "DELAY", right: true, rank: 6,
			text: of(func(r registration) string { return elapsed(r.RRD) }), key: of(func(r registration) key { return timed(r.RRD) }),
		},
		{name: "src", heading: "FROM", rank: 4, text: of(func(r registration) string { return clean(r.Src) })},
		{name: "user_agent", heading: "USER AGENT", least: 10, rank: 7, text: of(func(r registration) string { return clean(r.UserAgent) })},
	}
	all = append(all, endColumns(of(func(r registration) *record.Cause { return r.Cause }))...)
	return append(all,
		column{name: "dst", heading: "REGISTRAR", rank: 9, hidden: true, text: of(func(r registration) string { return clean(r.Dst) })},
		column{name: "contacts", heading: "CONTACTS", least: 10, rank: 9, hidden: true, text: of(func(r registration) string {
			return clean(strings.Join(r.Contacts, " "))
		})},
	)
}

func seconds(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n) + " s"
}

func expiry(n int) key { return key{known: n >= 0, number: float64(n)} }

func subscriptions() []column {
	type subscription = *record.Subscription
	all := []column{
		theTime(),
		{name: "event", heading: "EVENT", least: 8, text: of(func(s subscription) string { return clean(s.Event) })},
		{name: "subscriber", heading: "SUBSCRIBER", least: 6, short: name, text: of(func(s subscription) string { return side(s.Subscriber) })},
		{name: "resource", heading: "RESOURCE", least: 6, short: name, text: of(func(s subscription) string { return side(s.Resource) })},
		{name: "outcome", heading: "OUTCOME", text: of(func(s subscription) string { return words(s.Outcome.String()) })},
		{name: "state", heading: "STATE", rank: 6, text: of(func(s subscription) string { return clean(s.State) })},
		{
			name: "status", heading: "STATUS", right: true, rank: 5,
			text: of(func(s subscription) string { return code(s.Status) }), key: of(func(s subscription) key { return counted(s.Status) }),
		},
		{
			name: "notifies", heading: "NOTIFIES", right: true, rank: 4,
			text: of(func(s subscription) string { return strconv.Itoa(s.Notifies) }),
			key:  of(func(s subscription) key { return numbered(float64(s.Notifies)) }),
		},
		{
			name: "first_notify", heading: "FIRST", right: true, rank: 4,
			text: of(func(s subscription) string { return elapsed(s.FirstNotify) }), key: of(func(s subscription) key { return timed(s.FirstNotify) }),
		},
		{name: "presence", heading: "PRESENCE", rank: 7, text: of(func(s subscription) string {
			if s.Presence == nil {
				return ""
			}
			return clean(s.Presence.Basic)
		})},
	}
	return append(all, endColumns(of(func(s subscription) *record.Cause { return s.Cause }))...)
}

func failures() []column {
	type failure = *record.Failure
	all := []column{
		theTime(),
		{name: "method", heading: "METHOD", text: of(func(f failure) string { return clean(f.Method) })},
		{name: "from", heading: "FROM", least: 6, short: name, text: of(func(f failure) string { return side(f.From.URI) })},
		{name: "to", heading: "TO", least: 6, short: name, text: of(func(f failure) string { return side(f.To.URI) })},
		{
			name: "status", heading: "STATUS", right: true, text: of(func(f failure) string { return code(f.Status) }),
			key: of(func(f failure) key { return counted(f.Status) }),
		},
		{name: "origin", heading: "ORIGIN", rank: 4, text: of(func(f failure) string { return clean(f.Origin) })},
	}
	return append(all, endColumns(of(func(f failure) *record.Cause { return f.Cause }))...)
}
