package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

var update = flag.Bool("update", false, "write the golden files")

var start = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func ms(n float64) record.Elapsed {
	return record.Elapsed{D: time.Duration(n * 1e6), Known: true}
}

// busyHour is what a small site does in an hour.
func busyHour() []record.Record {
	var all []record.Record
	head := func(i int, host string, f record.Flags) record.Header {
		at := start.Add(time.Duration(i) * time.Second).UnixNano()
		return record.Header{ID: fmt.Sprintf("%04d", i), CallID: fmt.Sprintf("%08x-%d@%s", i*2654435761, i, host), Start: at, End: at + 1e9, Confidence: record.Confidence{Flags: f}}
	}
	for i := range 120 {
		c := &record.Call{
			Header: head(i, "pbx.atlanta.example", 0), Status: 200, Messages: 7,
			From: record.Party{URI: fmt.Sprintf("sip:%d@atlanta.example;user=phone", 2000+i%17)}, To: record.Party{URI: "sip:bob@biloxi.example"},
		}
		switch {
		case i < 96:
			c.Disposition, c.Setup, c.Duration = record.Answered, ms(40+float64(i*i)*1.37), ms(float64(1000*i))
		case i < 104:
			c.Disposition, c.Status = record.Busy, 486
		case i < 112:
			c.Disposition, c.Status, c.Retransmissions = record.NoAnswer, 480, 2
		case i < 116:
			c.Disposition, c.Status = record.Cancelled, 487
		case i < 118:
			c.Disposition, c.Status, c.Confidence.Flags = record.InProgress, 0, record.MidStream|record.TCPGap
		default:
			c.Disposition, c.Status = record.Failed, 503
		}
		c.Challenged = i%3 == 0
		if i%10 == 0 {
			c.Services = []string{"call_hold"}
		}
		all = append(all, c)
	}
	for i := range 10 {
		f := &record.Failure{Header: head(96+i, "pbx.atlanta.example", 0), Method: "INVITE", Status: 486, Reason: "Busy Here"}
		if i > 7 {
			f.Method, f.Status, f.Reason = "REGISTER", 403, "Wrong password\x1b[31m"
			f.Cause = &record.Cause{Source: "warning", Code: "399", Text: "bad credentials for 用户"}
		}
		all = append(all, f)
	}
	all = append(all, &record.Failure{
		Header: head(119, "pbx.atlanta.example", 0), Method: "INVITE", Status: 503, Reason: "Service Unavailable",
		Cause: &record.Cause{Source: "q850", Code: "34", Explanation: "The trunk to the carrier had no free channel, and no other route was left to try."},
	})
	for i := range 44 {
		r := &record.Registration{Header: head(200+i, "192.0.2.7", 0), Outcome: record.Registered, Status: 200, RRD: ms(12 + float64(i)/7), Challenged: true}
		if i > 40 {
			r.Outcome, r.Status = record.OutcomeFailed, 403
		}
		all = append(all, r)
	}
	for i := range 9 {
		s := &record.Subscription{Header: head(300+i, "192.0.2.7", 0), Event: "presence", Outcome: record.Active, Notifies: 3, FirstNotify: ms(8), PresenceChanges: 2, Presence: &record.Presence{Basic: "open", Changes: 2}}
		switch {
		case i > 6:
			s.Event, s.Outcome, s.Presence = "message-summary", record.OutcomeRejected, nil
		case i > 4:
			s.Outcome, s.Presence.Basic, s.Confidence.Flags = record.Expired, "closed", record.MidStream
		}
		all = append(all, s)
	}
	all = append(all,
		&record.Alert{
			Header: head(130, "", 0), Rule: "invite-5xx", Type: "status_ratio", Severity: "critical", State: "firing",
			Labels:  []record.Label{{Name: "direction", Value: "to"}, {Name: "peer", Value: "carrier-a"}},
			Summary: "38 % of INVITEs to carrier-a failed with 5xx in the last minute (57 of 150; usual 1.2 %), mostly 503",
		},
		&record.Alert{Header: head(130, "", 0), Rule: "invite-5xx", Severity: "critical", State: "resolved"},
		&record.Alert{
			Header: head(140, "", 0), Rule: "scanner", Type: "scanner", Severity: "warning", State: "firing",
			Labels: []record.Label{{Name: "source", Value: "198.51.100.7"}}, Summary: "198.51.100.7 looks for users: it asked for about 31 in vain within 5 minutes, in 31 requests",
		},
		&record.Publication{Header: head(400, "192.0.2.7", 0), Outcome: record.Published},
		&record.Message{Header: head(401, "192.0.2.7", 0), Status: 202, Size: 1800, ContentType: "text/plain;charset=utf-8"},
		&record.Message{Header: head(402, "192.0.2.7", 0), Status: 404, Size: 18, ContentType: "text/plain"},
		&record.Message{Header: head(403, "192.0.2.7", 0), Size: 18},
		&record.Transaction{Header: head(404, "192.0.2.7", 0), Method: "OPTIONS", Status: 0, Timeout: true},
		&record.Transaction{Header: head(405, "192.0.2.7", 0), Method: "INFO", Status: 415},
		&record.TLS{Header: head(406, "", 0), Outcome: record.TLSEstablished, Decrypted: true},
		&record.TLS{Header: head(407, "", 0), Dst: "192.0.2.9:5061", Outcome: record.TLSFailed, Cause: &record.Cause{Text: "certificate expired"}},
		&record.TLS{Header: head(408, "", 0), Dst: "192.0.2.9:5061", Outcome: record.TLSFailed, Cause: &record.Cause{Text: "certificate expired"}},
		&record.TLS{Header: head(409, "", 0), Outcome: record.TLSMidStream},
		&record.Stats{
			Header:  record.Header{ID: "stats", Start: start.UnixNano(), End: start.Add(42*time.Minute + 44*time.Second).UnixNano()},
			Packets: 123456, Bytes: 44_400_000,
			Messages: record.MessageCounts{
				Total: 1234,
				Requests: []record.Count{
					{Name: "ACK", Value: 118}, {Name: "BYE", Value: 94}, {Name: "INVITE", Value: 240}, {Name: "MESSAGE", Value: 3}, {Name: "NOTIFY", Value: 27},
					{Name: "OPTIONS", Value: 4}, {Name: "PUBLISH", Value: 1}, {Name: "REGISTER", Value: 88}, {Name: "SUBSCRIBE", Value: 9},
				},
				Responses: []record.Count{
					{Name: "100", Value: 240}, {Name: "180", Value: 110}, {Name: "200", Value: 260}, {Name: "202", Value: 1}, {Name: "401", Value: 44}, {Name: "403", Value: 3},
					{Name: "404", Value: 1}, {Name: "407", Value: 40}, {Name: "415", Value: 1}, {Name: "480", Value: 8}, {Name: "486", Value: 8}, {Name: "487", Value: 4},
					{Name: "489", Value: 2}, {Name: "503", Value: 2}, {Name: "699", Value: 1},
				},
				Transports: []record.Count{{Name: "TCP", Value: 134}, {Name: "UDP", Value: 1100}},
			},
			CallIDs: 180, CallIDsExact: true, Retransmissions: 16,
			Malformed: []record.Count{{Name: "bad_start_line", Value: 1}, {Name: "missing_call_id", Value: 2}},
			Evicted:   []record.Count{{Name: "calls", Value: 3}},
			Ignored:   []record.Count{{Name: "arp", Value: 120}, {Name: "not_sip", Value: 2011}, {Name: "rtp", Value: 120_081}, {Name: "stun", Value: 7}, {Name: "tcp_control", Value: 70}},
			Dropped:   []record.Count{{Name: "reassembly_fragment_lost", Value: 3}}, Delivered: 1164, ElapsedMS: 83.2,
		},
	)
	return all
}

func write(t *testing.T, records []record.Record, o Options) string {
	t.Helper()
	var page bytes.Buffer
	r := New(&page, o)
	for _, one := range records {
		if err := r.Export(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestReport(t *testing.T) {
	nothing := []record.Record{&record.Stats{Packets: 12, Bytes: 900, CallIDsExact: true, Ignored: []record.Count{{Name: "rtp", Value: 12}}}}
	for name, page := range map[string]string{
		"busy":    write(t, busyHour(), Options{Sources: []string{"monday.pcapng", "tuesday.pcapng"}}),
		"colour":  write(t, busyHour(), Options{Color: true, Width: 80}),
		"no_sip":  write(t, nothing, Options{Sources: []string{"music.pcap"}}),
		"no_more": write(t, nil, Options{}),
	} {
		path := "testdata/" + name + ".txt"
		if *update {
			if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), page); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestReportKeepsToItsWidth(t *testing.T) {
	records := busyHour()
	long := strings.Repeat("長い名前", 60)
	records = append(records,
		&record.Failure{Header: record.Header{CallID: long}, Method: long, Status: 500, Reason: long, Cause: &record.Cause{Source: "q850", Text: long}},
		&record.Subscription{Event: long, Notifies: 1 << 40}, &record.Transaction{Method: long},
		&record.Message{ContentType: long, Status: 699}, &record.Call{Header: record.Header{CallID: long}, Setup: ms(1e9), Services: []string{long}},
	)
	for _, width := range []int{1, 72, 80, 96, 100, 300} {
		for _, color := range []bool{false, true} {
			o := Options{Width: width, Color: color, Sources: []string{long, long}}
			for line := range strings.Lines(write(t, records, o)) {
				line = strings.TrimSuffix(line, "\n")
				if visible(line) > o.width() {
					t.Errorf("%d columns in a page of %d: %s", visible(line), o.width(), line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("blank at the end of %q", line)
				}
			}
		}
	}
}

func TestReportIsHarmlessToTerminals(t *testing.T) {
	bad := "\x1b]0;owned\a\u009b31m\u202e\x00\xff\r\n"
	page := write(t, []record.Record{
		&record.Call{Header: record.Header{CallID: bad}, From: record.Party{URI: bad}, To: record.Party{Display: bad}, Setup: ms(1), Services: []string{bad}},
		&record.Failure{Header: record.Header{CallID: bad}, Method: bad, Reason: bad, Status: 400, Cause: &record.Cause{Text: bad, Code: bad, Source: "q850", Explanation: bad}},
		&record.Subscription{Event: bad, Presence: &record.Presence{Basic: bad}}, &record.Transaction{Method: bad}, &record.Message{ContentType: bad}, &record.TLS{Dst: bad, Cause: &record.Cause{Text: bad}},
		&record.Alert{Rule: bad, State: "firing", Severity: bad, Summary: bad, Labels: []record.Label{{Name: "source", Value: bad}}},
		&record.Stats{Messages: record.MessageCounts{Total: 1, Requests: []record.Count{{Name: bad, Value: 1}}}},
	}, Options{Sources: []string{bad}})
	for _, r := range page {
		if r != '\n' && r != '\ufffd' && (r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u202e') {
			t.Errorf("%U in the page", r)
		}
	}
}

// TestReportOrder checks that the page does not depend on which of several workers was first.
func TestReportOrder(t *testing.T) {
	records := busyHour()
	turned := make([]record.Record, 0, len(records))
	for i := range records {
		turned = append(turned, records[len(records)-1-i])
	}
	slowest := func(page string) string {
		_, rest, _ := strings.Cut(page, "Slowest")
		before, _, _ := strings.Cut(rest, "\n\n")
		return before
	}
	if a, b := slowest(write(t, records, Options{})), slowest(write(t, turned, Options{})); a != b {
		t.Errorf("%s\nand\n%s", a, b)
	}
}
