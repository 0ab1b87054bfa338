package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// captures is the folder with captures of known truth that SIPSPAN_CAPTURES names.
func captures(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder with truth.tsv")
	}
	return folder
}

// truth is a row of truth.tsv: what tshark counts in a capture.
type truth struct {
	file       string
	packets    uint64
	total      uint64
	transports map[string]uint64
	methods    map[string]uint64
	statuses   map[string]uint64
	callIDs    uint64
	unseen     uint64 // frames with SIP that tshark does not count
}

func readTruth(t *testing.T, folder string) []truth {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "truth.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("truth.tsv: %d rows, %v", len(rows), err)
	}
	var all []truth
	for _, row := range rows[1:] {
		column := func(name string) string { return row[slices.Index(rows[0], name)] }
		number := func(name string) uint64 {
			n, err := strconv.ParseUint(column(name), 10, 64)
			if err != nil {
				t.Fatalf("truth.tsv: %s of %s: %v", name, row[0], err)
			}
			return n
		}
		all = append(all, truth{
			file:    filepath.Join(folder, "..", column("file")),
			packets: number("packets"), total: number("sip_msgs"), callIDs: number("callids"),
			unseen:     number("unseen_by_tshark_frames"),
			transports: counts(t, column("transports")), methods: counts(t, column("methods")), statuses: counts(t, column("statuses")),
		})
	}
	return all
}

// counts reads "INVITE=9 REGISTER=15"; "-" is nothing.
func counts(t *testing.T, text string) map[string]uint64 {
	t.Helper()
	m := map[string]uint64{}
	for _, word := range strings.Fields(text) {
		if word == "-" {
			continue
		}
		i := strings.LastIndexByte(word, '=')
		n, err := strconv.ParseUint(word[i+1:], 10, 64)
		if i < 0 || err != nil {
			t.Fatalf("truth.tsv: %q", word)
		}
		m[word[:i]] = n
	}
	return m
}

// TestTruth reads every capture of truth.tsv and compares the counts with those of tshark, an independent reader. tshark
// counts each copy of a packet, so its counts are those of a reading that keeps copies; each message that the usual
// reading lacks is a packet in ignored.duplicate.
func TestTruth(t *testing.T) {
	for _, want := range readTruth(t, captures(t)) {
		t.Run(strings.TrimSuffix(filepath.Base(want.file), filepath.Ext(want.file)), func(t *testing.T) {
			lines := readJSON(t, "--workers", "1", want.file)
			got := accountOf(t, lines)
			checkAccount(t, got)
			t.Setenv("SIPSPAN_CAPTURE_DEDUPLICATE", "false")
			all := accountOf(t, readJSON(t, "--workers", "1", want.file))
			os.Unsetenv("SIPSPAN_CAPTURE_DEDUPLICATE")
			checkAccount(t, all)
			for _, n := range []uint64{got.Packets, all.Packets} {
				if n != want.packets {
					t.Errorf("%d packets, want %d", n, want.packets)
				}
			}
			compare(t, all, want)
			compareCopies(t, got, all)
			for _, workers := range []string{"2", "8"} {
				if diff := cmp.Diff(lines, readJSON(t, "--workers", workers, want.file)); diff != "" {
					t.Errorf("1 and %s workers write different records:\n%s", workers, diff)
				}
			}
		})
	}
}

// compareCopies fails unless the packets in ignored.duplicate are all that is less in one account than in the other, which
// keeps copies: as messages over UDP, as fragments, or as TCP segments that are repeated there.
func compareCopies(t *testing.T, got, all account) {
	t.Helper()
	copies := got.Ignored["duplicate"]
	if all.Ignored["duplicate"] != 0 {
		t.Errorf("%d copies passed over by a reading that keeps them", all.Ignored["duplicate"])
	}
	segments := all.Ignored["tcp_duplicate"] - got.Ignored["tcp_duplicate"]
	fragments := all.Dropped["reassembly_fragment_lost"] - got.Dropped["reassembly_fragment_lost"]
	if all.Delivered-got.Delivered+segments+fragments != copies {
		t.Errorf("%d copies, but %d packets less delivered, %d segments and %d fragments", copies, all.Delivered-got.Delivered, segments, fragments)
	}
	less := all.Messages.Total - got.Messages.Total
	if less != all.Messages.Transports["UDP"]-got.Messages.Transports["UDP"] || less > copies-segments-fragments {
		t.Errorf("%d messages less for %d copies; transports %v and %v", less, copies, got.Messages.Transports, all.Messages.Transports)
	}
	if copies == 0 {
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("no copy, but the accounts differ:\n%s", diff)
		}
	}
	if got.CallIDs != all.CallIDs {
		t.Errorf("%d distinct Call-IDs, %d where copies are kept", got.CallIDs, all.CallIDs)
	}
}

func compare(t *testing.T, got account, want truth) {
	t.Helper()
	if want.unseen > 0 {
		if got.Messages.Total < want.total || got.Messages.Total > want.total+want.unseen {
			t.Errorf("%d messages, want %d and up to %d more", got.Messages.Total, want.total, want.unseen)
		}
		for _, pair := range [][2]map[string]uint64{{got.Messages.Requests, want.methods}, {got.Messages.Responses, want.statuses}} {
			for name, n := range pair[1] {
				if pair[0][name] < n || pair[0][name] > n+want.unseen {
					t.Errorf("%d × %s, want %d and up to %d more", pair[0][name], name, n, want.unseen)
				}
			}
		}
		return
	}
	if got.Messages.Total != want.total {
		t.Errorf("%d messages, want %d", got.Messages.Total, want.total)
	}
	if diff := cmp.Diff(want.methods, got.Messages.Requests, nilIsEmpty); diff != "" {
		t.Errorf("methods (-tshark +sipspan):\n%s", diff)
	}
	if diff := cmp.Diff(want.statuses, got.Messages.Responses, nilIsEmpty); diff != "" {
		t.Errorf("status codes (-tshark +sipspan):\n%s", diff)
	}
	if diff := cmp.Diff(want.transports, got.Messages.Transports, nilIsEmpty); diff != "" {
		t.Errorf("transports (-tshark +sipspan):\n%s", diff)
	}
	if got.CallIDs != want.callIDs {
		t.Errorf("%d distinct Call-IDs, want %d", got.CallIDs, want.callIDs)
	}
}

var nilIsEmpty = cmp.Transformer("nilIsEmpty", func(m map[string]uint64) map[string]uint64 {
	if len(m) == 0 {
		return nil
	}
	return m
})

// seedCall is what reading a flow of the seed documents by hand tells of one Call-ID.
type seedCall struct {
	callID, disposition string
	status              int
	releasedBy          string
}

// seeds are the flows of the documents that the project began with: how many messages each holds, and what became of
// each call. The documents have Via headers without branch, requests without tags, "ACK sip: UserB@there.com" with a
// space in the URI, and in two places a 180 whose Call-ID is mistyped (9876543210@here.com).
var seeds = []struct {
	file     string
	messages uint64
	calls    []seedCall
}{
	{"draft-sparks-call-hold", 28, []seedCall{
		{"12345600@here.com", "challenged", 407, ""}, {"12345601@here.com", "answered", 200, "caller"},
	}},
	{"draft-sparks-consultation-hold", 38, []seedCall{
		{"12345600@here.com", "answered", 200, "caller"}, {"9876543210@there.com", "answered", 200, "caller"},
		{"9876543210@here.com", "in_progress", 0, ""},
	}},
	{"draft-sparks-find-me", 23, []seedCall{{"12345600@here.com", "answered", 200, "callee"}}},
	{"draft-sparks-forward-busy", 16, []seedCall{{"12345600@here.com", "answered", 200, "caller"}}},
	{"draft-sparks-forward-no-answer", 17, []seedCall{{"12345600@here.com", "answered", 200, "caller"}}},
	{"draft-sparks-forward-unconditional", 13, []seedCall{{"12345600@here.com", "answered", 200, "caller"}}},
	{"draft-sparks-screening-incoming", 6, []seedCall{
		{"12345600@here.com", "challenged", 407, ""}, {"12345601@here.com", "rejected", 403, ""},
	}},
	{"draft-sparks-screening-outgoing", 6, []seedCall{
		{"12345600@here.com", "challenged", 407, ""}, {"12345601@here.com", "rejected", 403, ""},
	}},
	{"draft-sparks-unattended-transfer", 39, []seedCall{
		{"12345600@here.com", "answered", 200, "caller"},
		{"9876543210@there.com", "answered", 200, "callee"}, // "User C then transfers User B": so says From; the caption names B
		{"9876543210@here.com", "in_progress", 0, ""},
		{"123123123@there.com", "answered", 200, "caller"},
	}},
	// The 303 ends the only branch that is seen; the caller hears of nothing but the 101 within the flow.
	{"call-deflection", 5, []seedCall{{"a9c2eb61a37944979e6ba90adbf869ce", "redirected", 303, ""}}},
	{"mpop-fork", 7, []seedCall{{"e34305289c3b4c368c583f531fddeff3", "in_progress", 200, ""}}},
	{"pic-message", 11, []seedCall{{"a9c41d4b12da43e4be363596f309fe4e", "answered", 200, "caller"}}},
	{"pic-presence", 5, nil},
}

// TestSeeds reads the flows of the seed documents: every message, and what became of every call.
func TestSeeds(t *testing.T) {
	folder := captures(t)
	var total uint64
	for _, want := range seeds {
		t.Run(want.file, func(t *testing.T) {
			lines := readJSON(t, filepath.Join(folder, "seeds", want.file+".pcap"))
			a := accountOf(t, lines)
			checkAccount(t, a)
			total += a.Messages.Total
			if a.Messages.Total != want.messages {
				t.Errorf("%d messages, want %d; malformed %v", a.Messages.Total, want.messages, a.Malformed)
			}
			if diff := cmp.Diff(byCallID(want.calls), calls(t, lines), cmp.AllowUnexported(seedCall{})); diff != "" {
				t.Errorf("calls (-by hand +sipspan):\n%s", diff)
			}
		})
	}
	if total != 186+28 {
		t.Errorf("%d messages in all, want %d", total, 186+28)
	}
}

func byCallID(list []seedCall) map[string]seedCall {
	m := map[string]seedCall{}
	for _, c := range list {
		m[c.callID] = c
	}
	return m
}

// calls reads the call records, by Call-ID.
func calls(t *testing.T, lines string) map[string]seedCall {
	t.Helper()
	m := map[string]seedCall{}
	for line := range strings.Lines(lines) {
		var r struct {
			Record, Disposition string
			CallID              string `json:"call_id"`
			ReleasedBy          string `json:"released_by"`
			Status              int
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Record == "call" {
			if _, twice := m[r.CallID]; twice {
				t.Errorf("two call records for %s", r.CallID)
			}
			m[r.CallID] = seedCall{r.CallID, r.Disposition, r.Status, r.ReleasedBy}
		}
	}
	return m
}
