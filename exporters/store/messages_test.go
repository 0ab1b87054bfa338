package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/exporters/store"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/record/choose"
)

// kept is a message that a test puts into a store.
func kept(second int, callID, more string) (m *wire.Meta, raw []byte) {
	m = &wire.Meta{
		Time: noon.Add(time.Duration(second) * time.Second).UnixNano(), Transport: wire.TLS, Flags: record.Truncated,
		Src: netip.MustParseAddrPort("192.0.2.10:5060"), Dst: netip.MustParseAddrPort("[2001:db8::20]:5061"),
	}
	raw = []byte("OPTIONS sip:bob@example.com SIP/2.0\r\nCall-ID: " + callID + "\r\nCSeq: 1 OPTIONS\r\n" + more + "\r\n")
	return m, raw
}

// messages returns what is found: second, Call-ID and what is in the messages after their CSeq.
func messages(t *testing.T, folder string, w store.Wanted) (found []string) {
	t.Helper()
	if err := store.Messages(t.Context(), folder, w, func(m store.Message) error {
		_, more, _ := strings.Cut(string(m.Raw), "OPTIONS\r\n")
		found = append(found, fmt.Sprintf("%v %s %s", time.Unix(0, m.Time).Sub(noon), m.CallID, strings.TrimSpace(more)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func withMessages(t *testing.T) store.Config {
	c := config(t)
	c.Messages = true
	return c
}

// TestMessage checks that everything about a message comes back.
func TestMessage(t *testing.T) {
	c := withMessages(t)
	s := open(t, c, nil)
	at := &record.Capture{Interface: "eth1", Tunnel: "vxlan", VNI: 42}
	s.Describe(func(origin uint32) *record.Capture { return map[uint32]*record.Capture{7: at}[origin] }, false)
	m, raw := kept(1, "one@192.0.2.10", "")
	m.Origin = 7
	nowhere := wire.Meta{Time: m.Time + 1, Src: wire.Party("alice")}
	unknown := wire.Meta{Time: m.Time + 2}
	s.Message(m, raw, []byte("correlated"))
	s.Message(&nowhere, raw, nil)
	s.Message(&unknown, []byte("no SIP at all"), nil)
	export(t, s)
	want := []store.Message{
		{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: wire.TLS, Flags: record.Truncated, CallID: "one@192.0.2.10", Raw: raw,
			Place: &record.Capture{Interface: "eth1", Tunnel: "vxlan", VNI: 42, CorrelationID: "correlated"},
		},
		{Time: m.Time + 1, Src: wire.Party("alice"), CallID: "one@192.0.2.10", Raw: raw},
		{Time: m.Time + 2, Raw: []byte("no SIP at all")},
	}
	var got []store.Message
	err := store.Messages(t.Context(), c.Directory, store.Wanted{}, func(m store.Message) error { got = append(got, m); return nil })
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if got := messages(t, c.Directory, store.Wanted{CallIDs: map[string]bool{"": true}}); len(got) != 1 {
		t.Errorf("without a Call-ID: %v", got)
	}
	finish(t, s)
}

// TestMessagesOfCalls checks which messages are found, and in which order: by time, but those of one Call-ID as they were captured.
func TestMessagesOfCalls(t *testing.T) {
	c := withMessages(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	put := func(second int, callID, more string) {
		m, raw := kept(second, callID, "X: "+more+"\r\n")
		s.Message(m, raw, nil)
	}
	put(5, "b", "1")
	put(1, "a", "1")
	put(9, "a", "2")
	put(8, "a", "3")                            // the clock was set back
	put(2, "c", strings.Repeat("long", 50_000)) // more than a block
	export(t, s, call(1))
	put(10, "a", "4")
	at.Time = at.Add(24 * time.Hour)
	export(t, s, call(2)) // in another part
	put(11, "a", "5")
	finish(t, s)
	for _, tt := range []struct {
		of           string
		since, until int
		want         string
	}{
		{"a", 0, 0, "1s a X: 1|9s a X: 2|8s a X: 3|10s a X: 4|11s a X: 5"},
		{"a b", 0, 0, "1s a X: 1|5s b X: 1|9s a X: 2|8s a X: 3|10s a X: 4|11s a X: 5"},
		{"a", 9, 10, "9s a X: 2|10s a X: 4"},
		{"b", 6, 20, ""},
		{"d", 0, 0, ""},
	} {
		w := store.Wanted{CallIDs: map[string]bool{}}
		for _, id := range strings.Fields(tt.of) {
			w.CallIDs[id] = true
		}
		if tt.since > 0 {
			w.Since, w.Until = noon.Add(time.Duration(tt.since)*time.Second), noon.Add(time.Duration(tt.until)*time.Second)
		}
		if got := strings.Join(messages(t, c.Directory, w), "|"); got != tt.want {
			t.Errorf("%s, %d to %d: got %s, want %s", tt.of, tt.since, tt.until, got, tt.want)
		}
	}
	many := map[string]bool{"a": true}
	for n := range 1000 {
		many[fmt.Sprint("other ", n)] = true
	}
	if got := messages(t, c.Directory, store.Wanted{CallIDs: many}); len(got) != 5 {
		t.Errorf("of many Call-IDs: %v", got)
	}
	if got := search(t, c.Directory, choose.Query{}); len(got) != 2 {
		t.Errorf("records: %v", got)
	}
}

// TestMessagesAreBounded fills the room for messages: what does not fit is lost and counted, and the account closes.
func TestMessagesAreBounded(t *testing.T) {
	c := withMessages(t)
	c.Buffer = 4 << 20
	s := open(t, c, nil)
	const workers, each = 4, 3000
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			for n := range each {
				m, raw := kept(n, fmt.Sprint(w), "X: "+strings.Repeat("x", 1000)+"\r\n")
				s.Message(m, raw, nil)
			}
		})
	}
	working.Wait()
	before := s.MessageStats()
	if before.Errors == 0 || before.Queued+before.Errors != workers*each || before.Queued < 3000 {
		t.Errorf("%+v", before)
	}
	m, huge := kept(0, "huge", strings.Repeat("x", 5<<20))
	s.Message(m, huge, nil)
	export(t, s)
	s.Message(m, huge[:3<<20], nil) // larger than a pile, and there is room for it now or not
	finish(t, s)
	after := s.MessageStats()
	if after.Queued != 0 || after.Delivered+after.Errors != workers*each+2 || after.Delivered < before.Queued {
		t.Errorf("%+v", after)
	}
	if got := messages(t, c.Directory, store.Wanted{}); uint64(len(got)) != after.Delivered {
		t.Errorf("%d messages are there, %+v", len(got), after)
	}
}

// TestMessageAllocatesNothing checks the way that every captured message takes.
func TestMessageAllocatesNothing(t *testing.T) {
	s := open(t, withMessages(t), nil)
	m, raw := kept(1, "a", "")
	s.Message(m, raw, nil)
	if n := testing.AllocsPerRun(500, func() { s.Message(m, raw, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	finish(t, s)
}

// TestNoMessages checks a store that keeps none.
func TestNoMessages(t *testing.T) {
	c := config(t)
	s := open(t, c, nil)
	m, raw := kept(1, "a", "")
	s.Message(m, raw, nil)
	export(t, s, call(1))
	finish(t, s)
	if got := messages(t, c.Directory, store.Wanted{}); len(got) > 0 || s.KeepsMessages() || s.MessageStats().Delivered > 0 {
		t.Errorf("kept %v", got)
	}
}

// TestMessagesEnd checks that an error of the receiver ends the reading.
func TestMessagesEnd(t *testing.T) {
	c := withMessages(t)
	s := open(t, c, nil)
	for n := range 10 {
		m, raw := kept(n, "a", "")
		s.Message(m, raw, nil)
	}
	finish(t, s)
	enough, n := errors.New("enough"), 0
	err := store.Messages(t.Context(), c.Directory, store.Wanted{}, func(store.Message) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Messages(ctx, c.Directory, store.Wanted{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestMessageRoom checks that messages wait while the disk has no room, that they are lost in the end, and that this is counted.
func TestMessageRoom(t *testing.T) {
	c := withMessages(t)
	c.MinFree = 1 << 62
	s := open(t, c, nil)
	m, raw := kept(1, "a", "")
	s.Message(m, raw, nil)
	if err := s.Flush(); err == nil || !strings.Contains(err.Error(), "min_free") || s.MessageStats().Queued != 1 {
		t.Errorf("%v, %+v", err, s.MessageStats())
	}
	if err := s.Close(); err == nil || s.MessageStats().Errors != 1 {
		t.Errorf("%v, %+v", err, s.MessageStats())
	}
}

// TestPartsBySize checks that a part ends when it has its share of what may be kept, and that the oldest ones go.
func TestPartsBySize(t *testing.T) {
	c := withMessages(t)
	c.KeepTotal = 16 << 20
	at := &clock{noon}
	s := open(t, c, at.now)
	for n := range 60 {
		for i := range 100 {
			m, raw := kept(n, fmt.Sprintf("%d-%d", n, i), "X: "+noise(5000)+"\r\n")
			s.Message(m, raw, nil)
		}
		at.Time = at.Add(time.Second)
		export(t, s, call(n))
	}
	finish(t, s)
	found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite"))
	var total int64
	for _, path := range found {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if len(found) < 8 || len(found) > 16 || total > c.KeepTotal+2<<20 {
		t.Errorf("%d parts with %d bytes", len(found), total)
	}
	got := messages(t, c.Directory, store.Wanted{})
	if !slices.ContainsFunc(got, func(m string) bool { return strings.HasPrefix(m, "59s 59-99 ") }) {
		t.Error("the last message is gone")
	}
}

func TestCheckPrivacy(t *testing.T) {
	c := withMessages(t)
	if err := c.CheckPrivacy(true); err == nil || !strings.Contains(err.Error(), "messages:") {
		t.Errorf("%v", err)
	}
	if err := errors.Join(c.CheckPrivacy(false), config(t).CheckPrivacy(true)); err != nil {
		t.Error(err)
	}
}
