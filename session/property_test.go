package session

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/call"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
)

// mixedLoad is messages of all kinds of sessions in the order of their times.
func mixedLoad(t testing.TB) []flowMessage {
	var lists [][]flowMessage
	for k, load := range []func(testing.TB, int) []flowMessage{callLoad, registerLoad, presenceLoad, optionsLoad, troubleLoad, serviceLoad} {
		list := load(t, 40)
		for i := range list {
			list[i].raw = []byte(strings.Replace(string(list[i].raw), "\r\nCall-ID: ", fmt.Sprintf("\r\nCall-ID: %d-", k), 1))
		}
		lists = append(lists, list)
	}
	var all []flowMessage
	for {
		first := -1
		for k, list := range lists {
			if len(list) > 0 && (first < 0 || list[0].meta.Time < lists[first][0].meta.Time) {
				first = k
			}
		}
		if first < 0 {
			return all
		}
		all = append(all, lists[first][0])
		lists[first] = lists[first][1:]
	}
}

// troubleLoad is calls and requests that fail in several ways, with retries and repeated messages.
func troubleLoad(tb testing.TB, n int) []flowMessage {
	list := load(tb, n,
		"a>b INVITE 1 via=a#",
		"b>a 407 INVITE 1 via=a# to=p h=Proxy-Authenticate:Digest_nonce=\"n#\"",
		"a>b ACK 1 via=a# to=p",
		"a>b INVITE 2 via=b# h=Proxy-Authorization:Digest_nonce=\"n#\"",
		"a>b INVITE 2 via=b# h=Proxy-Authorization:Digest_nonce=\"n#\"",
		"b>a 486 INVITE 2 via=b# to=t#",
		"b>a 486 INVITE 2 via=b# to=t#",
		"a>b ACK 2 via=b# to=t#",
		"a>b INFO 3 via=c#",
		"b>a 404 INFO 3 via=c# to=x")
	return list
}

func TestAdvanceChangesNothing(t *testing.T) {
	messages := mixedLoad(t)
	run := func(idle func(h *harness, from, to int64)) []string {
		h := newHarness(t, 1, nil)
		for i := range messages {
			if i > 0 {
				idle(h, messages[i-1].meta.Time, messages[i].meta.Time)
			}
			h.handle(&messages[i])
		}
		last := h.last
		idle(h, last, last+200e9)
		h.last = last + 200e9
		h.trackers[0].Advance(h.last)
		return lines(h.close())
	}
	want := run(func(*harness, int64, int64) {})
	if len(want) < 200 {
		t.Fatalf("only %d records", len(want))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		got := run(func(h *harness, from, to int64) {
			for range random.IntN(4) {
				if to > from {
					from += random.Int64N(to - from)
				}
				h.trackers[0].Advance(from)
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-without +with idle advances:\n%s", diff)
		}
	}
}

func TestShardsChangeNothing(t *testing.T) {
	messages := mixedLoad(t)
	var want []string
	for _, shards := range []int{1, 3, 32} {
		h := newHarness(t, shards, nil)
		for i := range messages {
			h.handle(&messages[i])
			if i%50 == 0 {
				for _, tracker := range h.trackers {
					tracker.Advance(messages[i].meta.Time)
				}
				h.correlator.Advance(messages[i].meta.Time)
			}
		}
		h.idle(300)
		var got []string // in their order
		for _, r := range h.close() {
			got = append(got, string(r.AppendJSON(nil)))
		}
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d shards: -want +got:\n%s", shards, diff)
		}
	}
}

func TestCountersEqualRecords(t *testing.T) {
	messages := mixedLoad(t)
	h := newHarness(t, 4, nil)
	for i := range messages {
		h.handle(&messages[i])
	}
	h.idle(300)
	records := h.close()

	c := h.correlator.Counters()
	want := new(stats.Counters)
	ids := make(map[string]bool)
	for _, r := range records {
		want.Count(r)
		if ids[r.Head().ID] {
			t.Errorf("two records have the ID of %s", summary(r))
		}
		ids[r.Head().ID] = true
	}
	if diff := cmp.Diff(want, c, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("-records +counters:\n%s", diff)
	}
	if got := h.counters.Messages(); got != uint64(len(messages)) {
		t.Errorf("%d messages counted, want %d", got, len(messages))
	}
	callIDs := make(map[string]bool)
	for _, m := range messages {
		callIDs[string(sip.PeekCallID(m.raw))] = true
	}
	if got := h.counters.CallIDs; got != uint64(len(callIDs)) || h.counters.CallIDsOverflow != 0 {
		t.Errorf("%d Call-IDs counted, want %d", got, len(callIDs))
	}
	checkEmpty(t, h)
}

// checkEmpty fails if anything is left in the tables.
func checkEmpty(t *testing.T, h *harness) {
	t.Helper()
	for _, tracker := range h.trackers {
		if tracker.groups.index.Len() != 0 || tracker.timers.Size() != 0 || tracker.arrivals.Len()+tracker.Requests.Size+tracker.subscriptions.Open.Len() != 0 {
			t.Errorf("left: %d groups, %d timers, %d calls, %d requests, %d subscriptions", tracker.groups.index.Len(),
				tracker.timers.Size(), tracker.arrivals.Len(), tracker.Requests.Size, tracker.subscriptions.Open.Len())
		}
	}
	for _, tracker := range h.trackers {
		tracker.weighTables()
		if l := tracker.Ledger; l.Busy != 0 || l.Bytes != [stats.NumTables]int{} {
			t.Errorf("%d bytes are counted of sessions that are gone: %v", l.Busy, l.Bytes)
		}
	}
	h.correlator.Advance(h.last)
	c := h.counters.Copy()
	c.Add(h.correlator.Counters())
	c.Tracked[stats.TablePresentities] = 0 // they stay known
	if c.CallsActive != 0 || c.RegistrationsActive != 0 || c.SubscriptionsActive != [stats.NumEvents]int64{} || c.Tracked != [stats.NumTables]int64{} {
		t.Errorf("gauges are not zero: %d %d %v %v", c.CallsActive, c.RegistrationsActive, c.SubscriptionsActive, c.Tracked)
	}
}

func TestEverythingEndsByItself(t *testing.T) {
	messages := mixedLoad(t)
	h := newHarness(t, 1, nil)
	for i := range messages {
		h.handle(&messages[i])
	}
	h.idle(24 * 3600)
	checkEmpty(t, h)
	for _, r := range h.close() {
		if c, ok := r.(*record.Call); ok && c.Disposition == record.InProgress {
			t.Errorf("in progress a day later: %s", summary(r))
		}
	}
}

func TestLimits(t *testing.T) {
	const limit = 10
	messages := mixedLoad(t)
	h := newHarness(t, 1, func(c *shard.Config) {
		c.MaxCalls, c.MaxRegistrations, c.MaxSubscriptions, c.MaxTransactions, c.MaxCallIDs = limit, limit, limit, limit, limit
	})
	for i := range messages {
		h.handle(&messages[i])
		for table, n := range h.counters.Tracked {
			if n > limit {
				t.Fatalf("message %d: %d %v tracked", i, n, stats.Table(table))
			}
		}
	}
	if h.counters.CallIDs != limit || h.counters.CallIDsOverflow == 0 {
		t.Errorf("%d Call-IDs, %d beyond", h.counters.CallIDs, h.counters.CallIDsOverflow)
	}
	for table, n := range h.counters.Evicted {
		switch stats.Table(table) {
		case stats.TableResources, stats.TablePresentities, stats.TableRegistrations: // TestResourceLimit, TestPresentitiesAreBounded; the correlator's
			continue
		}
		if n == 0 {
			t.Errorf("nothing evicted from %v", stats.Table(table))
		}
	}
	h.correlator.Advance(h.last)
	if c := h.correlator.Counters(); c.Evicted[stats.TableRegistrations] == 0 || c.Tracked[stats.TableRegistrations] > limit {
		t.Errorf("%d bindings evicted, %d tracked", c.Evicted[stats.TableRegistrations], c.Tracked[stats.TableRegistrations])
	}
	full := 0
	for _, r := range h.close() {
		if r.Head().Confidence.Flags&record.TableFull != 0 {
			full++
		}
	}
	if full == 0 {
		t.Error("no record says that the table was full")
	}
	checkEmpty(t, h)
}

func TestOneCallIDIsBounded(t *testing.T) {
	h := newHarness(t, 1, nil)
	for i := range 3000 {
		for _, format := range []string{"%d a>b OPTIONS %d", "%d a>b SUBSCRIBE %d h=Event:presence;id=%[2]d"} {
			m := parseFlowLine(t, fmt.Sprintf(format, 0, i+1))
			h.handle(&m)
		}
	}
	g := h.trackers[0].group(wire.TableHash([]byte("c1")), []byte("c1"))
	if len(g.Requests) > transaction.MaxRequests || len(g.Subscriptions) > subscription.MaxSubscriptions {
		t.Errorf("%d requests, %d subscriptions", len(g.Requests), len(g.Subscriptions))
	}
	for i := range 500 {
		for _, line := range []string{"0 a>b INVITE 1 id=c2 via=v%d", "0 b>a 180 INVITE 1 id=c2 via=v%d to=t%[1]d"} {
			m := parseFlowLine(t, fmt.Sprintf(line, i))
			h.handle(&m)
		}
	}
	c := h.trackers[0].group(wire.TableHash([]byte("c2")), []byte("c2")).Call
	if hops, forks := peek(c, "hops").Len(), peek(c, "forks").Len(); hops > transaction.MaxHops || forks > call.MaxForks {
		t.Errorf("%d hops, %d forks", hops, forks)
	}
	h.close()
	checkEmpty(t, h)
}

// TestCapturesDeterministic runs all small captures with 1 and 7 shards.
func TestCapturesDeterministic(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of the captures")
	}
	for _, pattern := range []string{"seeds/*.pcap", "rfc/*.pcap", "public/*/*sip*.pcap"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			name := strings.TrimPrefix(file, folder+"/")
			messages := captureMessages(t, name)
			one, seven := newHarness(t, 1, nil), newHarness(t, 7, nil)
			for i := range messages {
				one.handle(&messages[i])
				seven.handle(&messages[i])
			}
			if diff := cmp.Diff(lines(one.close()), lines(seven.close())); diff != "" {
				t.Errorf("%s: -1 +7 shards:\n%s", name, diff)
			}
			checkEmpty(t, one)
			checkEmpty(t, seven)
		}
	}
}

func TestSteadyStateAllocatesForRecordsOnly(t *testing.T) {
	for name, load := range map[string]func(testing.TB, int) []flowMessage{"calls": callLoad, "options": optionsLoad} {
		messages := load(t, 20)
		parsed := make([]sip.Message, len(messages))
		for i := range messages {
			if err := parsed[i].Parse(messages[i].raw); err != nil {
				t.Fatal(err)
			}
		}
		tracker := New(shard.DefaultConfig(), new(stats.Counters), new(discard))
		tracker.Explainer = silent{}
		shift := int64(0)
		var meta wire.Meta
		round := func() {
			for i := range messages {
				meta = messages[i].meta
				meta.Time += shift
				tracker.Handle(&meta, &parsed[i])
			}
			shift += messages[len(messages)-1].meta.Time - flowEpoch + 3600e9
		}
		round()
		round()
		// A Call-ID is one allocation; the record of a call with its strings, lists and ID is six more, and what the
		// correlator is told of it two.
		most := map[string]float64{"calls": 9, "options": 1}[name] * 20
		if got := testing.AllocsPerRun(10, round); got > most {
			t.Errorf("%s: %.0f allocations for 20 sessions, want at most %.0f", name, got, most)
		}
	}
}

// FuzzTracker hands on arbitrary sequences of messages. Nothing may panic, and at the end nothing may be left.
func FuzzTracker(f *testing.F) {
	f.Add([]byte("INVITE sip:a SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n\x00BYE sip:a SIP/2.0\r\nCall-ID: 1\r\nCSeq: 2 BYE\r\n\r\n"))
	for _, load := range []func(testing.TB, int) []flowMessage{callLoad, registerLoad, presenceLoad, optionsLoad, troubleLoad, serviceLoad} {
		var all []byte
		for _, m := range load(f, 1) {
			all = append(append(all, m.raw...), 0)
		}
		f.Add(all)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h := newHarness(t, 1, func(c *shard.Config) {
			c.MaxCalls, c.MaxTransactions, c.MaxSubscriptions, c.MaxRegistrations = 3, 5, 3, 3
		})
		at := int64(flowEpoch)
		for i, raw := range strings.Split(string(data), "\x00") {
			m := flowMessage{meta: wire.Meta{Time: at, Src: flowHost(t, "a"), Dst: flowHost(t, "b")}, raw: []byte(raw)}
			if strings.HasPrefix(raw, "SIP/") {
				m.meta.Src, m.meta.Dst = m.meta.Dst, m.meta.Src
			}
			h.handle(&m)
			at += int64(i%7) * 3e9
		}
		h.close()
		checkEmpty(t, h)
	})
}
