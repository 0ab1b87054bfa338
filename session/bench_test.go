package session

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

// discard is a sink that keeps nothing.
type discard struct{ records int }

func (d *discard) Emit(int64, record.Record)         { d.records++ }
func (d *discard) Announce(int64, link.Announcement) {}
func (d *discard) Signal(*record.Signal)             {}

// silent has nothing to say, but what it would need is kept.
type silent struct{}

func (silent) Explain(*evidence.Case) *record.Cause { return nil }

func BenchmarkSessionStep(b *testing.B) {
	b.Run("calls", func(b *testing.B) { benchmarkFlow(b, callLoad(b, 20)) })
	b.Run("registrations", func(b *testing.B) { benchmarkFlow(b, registerLoad(b, 20)) })
	b.Run("presence", func(b *testing.B) { benchmarkFlow(b, presenceLoad(b, 20)) })
	b.Run("options", func(b *testing.B) { benchmarkFlow(b, optionsLoad(b, 20)) })
}

// benchmarkFlow hands the messages of a flow to a tracker again and again, each time an hour later.
func benchmarkFlow(b *testing.B, messages []flowMessage) {
	parsed := make([]sip.Message, len(messages))
	for i := range messages {
		if err := parsed[i].Parse(messages[i].raw); err != nil {
			b.Fatal(err)
		}
	}
	sink := new(discard)
	t := New(shard.DefaultConfig(), new(stats.Counters), sink)
	t.Explainer = silent{}
	span := messages[len(messages)-1].meta.Time - messages[0].meta.Time + 3600e9
	shift := int64(0)
	var meta wire.Meta
	b.ReportAllocs()
	b.ResetTimer()
	for i, n := 0, 0; n < b.N; n++ {
		meta = messages[i].meta
		meta.Time += shift
		t.Handle(&meta, &parsed[i])
		if i++; i == len(messages) {
			i = 0
			shift += span
		}
	}
	b.StopTimer()
	if sink.records < 0 {
		b.Fatal("no records")
	}
}

// load interleaves sessions of the given steps, a hundredth of a second apart, with a second between two steps.
func load(tb testing.TB, sessions int, steps ...string) (list []flowMessage) {
	const lag = 100
	for now := 0; now < sessions+lag*len(steps); now++ {
		for s := len(steps) - 1; s >= 0; s-- {
			if i := now - s*lag; i >= 0 && i < sessions {
				line := fmt.Sprintf("%.6f ", float64(now)*0.01) + strings.ReplaceAll(steps[s], "#", fmt.Sprint(i)) +
					fmt.Sprintf(" id=%08x-0123456789abcdef@192.0.2.1", i)
				list = append(list, parseFlowLine(tb, line))
			}
		}
	}
	return list
}

func callLoad(tb testing.TB, n int) []flowMessage {
	return load(tb, n,
		"a>b INVITE 1 via=a# sdp h=User-Agent:phone/1.0 h=Contact:<sip:alice@192.0.2.1>",
		"b>a 100 INVITE 1 via=a#",
		"b>c INVITE 1 via=b#,a# sdp h=User-Agent:phone/1.0 h=Contact:<sip:alice@192.0.2.1>",
		"c>b 180 INVITE 1 via=b#,a# to=t# h=Contact:<sip:bob@192.0.2.3>",
		"b>a 180 INVITE 1 via=a# to=t# h=Contact:<sip:bob@192.0.2.3>",
		"c>b 200 INVITE 1 via=b#,a# to=t# sdp h=Server:phone/2.0 h=Contact:<sip:bob@192.0.2.3>",
		"b>a 200 INVITE 1 via=a# to=t# sdp h=Server:phone/2.0 h=Contact:<sip:bob@192.0.2.3>",
		"a>b ACK 1 via=k# to=t#",
		"b>c ACK 1 via=l#,k# to=t#",
		"a>b BYE 2 via=m# to=t#",
		"b>c BYE 2 via=n#,m# to=t#",
		"c>b 200 BYE 2 via=n#,m# to=t#",
		"b>a 200 BYE 2 via=m# to=t#")
}

func registerLoad(tb testing.TB, n int) []flowMessage {
	return load(tb, n,
		"a>b REGISTER 1 via=a# touri=sip:u#@example.com h=Contact:<sip:u#@192.0.2.1>;expires=300",
		"b>a 401 REGISTER 1 via=a# to=x touri=sip:u#@example.com",
		"a>b REGISTER 2 via=b# touri=sip:u#@example.com h=Contact:<sip:u#@192.0.2.1>;expires=300",
		"b>a 200 REGISTER 2 via=b# to=x touri=sip:u#@example.com h=Contact:<sip:u#@192.0.2.1>;expires=300")
}

func presenceLoad(tb testing.TB, n int) []flowMessage {
	return load(tb, n,
		"a>b SUBSCRIBE 1 via=a# h=Event:presence h=Expires:600",
		"b>a 200 SUBSCRIBE 1 via=a# to=x h=Expires:600",
		"b>a NOTIFY 1 via=b# from=x to=f h=Event:presence h=Subscription-State:active;expires=600 body=presence",
		"a>b 200 NOTIFY 1 via=b# from=x to=f",
		"b>a NOTIFY 2 via=c# from=x to=f h=Event:presence h=Subscription-State:terminated;reason=timeout body=presence",
		"a>b 200 NOTIFY 2 via=c# from=x to=f")
}

func optionsLoad(tb testing.TB, n int) []flowMessage {
	return load(tb, n, "a>b OPTIONS 1 via=a#", "b>a 200 OPTIONS 1 via=a# to=x")
}
