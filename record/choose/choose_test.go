package choose_test

import (
	"strings"
	"testing"
	"time"

	"sipspan/record"
	"sipspan/record/choose"
)

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// begin is 10:30 in Berlin.
var begin = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func busyCall() *record.Call {
	return &record.Call{
		Header: record.Header{
			ID: "c1", CallID: "3848276298@192.0.2.10", Start: begin.UnixNano(), End: begin.Add(3 * time.Second).UnixNano(),
			Peers: record.Peers{From: "branch", To: "carrier"},
		},
		Disposition: record.Busy, Status: 486, Reason: "Busy Here",
		From: record.Party{URI: "sip:Alice@example.com", Tag: "a"}, To: record.Party{URI: "sip:+4930123456@example.net;user=phone"},
		Caller:   record.Endpoint{Addr: "192.0.2.10:5060"},
		Hops:     []record.Hop{{Src: "192.0.2.10:5060", Dst: "[2001:db8::1]:5060", Transport: "udp", Status: 486}},
		Services: []string{"call_hold"},
		Ring:     record.Elapsed{D: 2 * time.Second, Known: true},
		Messages: 9,
		Cause:    &record.Cause{Source: "sip", Code: "486", Explanation: "The one who was called is busy."},
	}
}

func registration() *record.Registration {
	return &record.Registration{
		Header: record.Header{ID: "r1", CallID: "reg", Start: begin.Add(time.Hour).UnixNano()}, AOR: "sip:1001@example.com", Outcome: record.Registered,
		Status: 200, Expires: 3600, Src: "192.0.2.11:5060", Dst: "192.0.2.1:5060",
	}
}

func compile(t *testing.T, q choose.Query) *choose.Choice {
	t.Helper()
	if q.Now.IsZero() {
		q.Now = begin.Add(2 * time.Hour)
	}
	q.Zone = berlin
	c, err := q.Compile()
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return c
}

func TestConditions(t *testing.T) {
	one := func(s string) []string { return []string{s} }
	for _, c := range []struct {
		query                 choose.Query
		call, registrationToo bool
	}{
		{choose.Query{}, true, true},
		{choose.Query{CallID: one("3848276298@192.0.2.10")}, true, false},
		{choose.Query{CallID: one("3848*")}, true, false},
		{choose.Query{CallID: one("*reg*")}, false, true},
		{choose.Query{CallID: []string{"3848*", "reg"}}, true, true},
		{choose.Query{ID: one("r1")}, false, true},
		{choose.Query{User: one("alice")}, true, false},
		{choose.Query{User: one("alice@example.com")}, true, false},
		{choose.Query{User: one("*@example.com")}, true, true},
		{choose.Query{User: one("sip:alice@example.com")}, true, false},
		{choose.Query{User: one("030 123456")}, true, false},
		{choose.Query{User: one("bob")}, false, false},
		{choose.Query{Number: one("+49 30 123456")}, true, false},
		{choose.Query{Number: one("1001")}, false, true},
		{choose.Query{Status: one("486")}, true, false},
		{choose.Query{Status: one("5xx|486")}, true, false},
		{choose.Query{Status: one("2XX,4xx")}, true, true},
		{choose.Query{Disposition: one("busy")}, true, false},
		{choose.Query{Disposition: one("busy,registered")}, true, true},
		{choose.Query{Service: one("call_hold")}, true, false},
		{choose.Query{Cause: one("486")}, true, false},
		{choose.Query{Cause: one("IS BUSY")}, true, false},
		{choose.Query{Cause: one("tcp")}, false, false},
		{choose.Query{Method: one("register")}, false, true},
		{choose.Query{Peer: one("carrier")}, true, false},
		{choose.Query{Peer: one("192.0.2.10")}, true, false},
		{choose.Query{Peer: one("192.0.2.0/24")}, true, true},
		{choose.Query{Peer: one("[2001:db8::1]:5060")}, true, false},
		{choose.Query{Peer: one("192.0.2.1:5061")}, false, false},
		{choose.Query{Status: one("486"), Method: one("REGISTER")}, false, false},

		{choose.Query{Since: "10:30"}, true, true},
		{choose.Query{Since: "10:30:00.001"}, false, true},
		{choose.Query{Until: "11:30"}, true, false},
		{choose.Query{Since: "23:00", Until: "11:00"}, true, false},
		{choose.Query{Since: "2026-03-02"}, true, true},
		{choose.Query{Until: "2026-03-02"}, true, true},
		{choose.Query{Until: "2026-03-01"}, false, false},
		{choose.Query{Since: "2026-03-02 11:00"}, false, true},
		{choose.Query{Since: "2026-03-02T09:30:00Z", Until: "2026-03-02T09:31:00Z"}, true, false},
		{choose.Query{Since: "90m ago"}, false, true},
		{choose.Query{Since: "today"}, true, true},
		{choose.Query{Since: "yesterday", Until: "yesterday"}, false, false},
		{choose.Query{Since: "1d ago"}, true, true},

		{choose.Query{Where: `disposition == "busy"`}, true, false},
		{choose.Query{Where: `status in [486, 600]`}, true, false},
		{choose.Query{Where: `status in 400..499`}, true, false},
		{choose.Query{Where: `from.uri contains "Alice" and ring_ms > 1500`}, true, false},
		{choose.Query{Where: `setup_ms > 1000`}, false, false},
		{choose.Query{Where: `setup_ms < 1000 or status == 200`}, false, true},
		{choose.Query{Where: `not known(ring_ms)`}, false, true},
		{choose.Query{Where: `known(cause)`}, true, false},
		{choose.Query{Where: `"call_hold" in services`}, true, false},
		{choose.Query{Where: `any(hops, .transport == "udp" and .status >= 400)`}, true, false},
		{choose.Query{Where: `hops[0].status == 486`}, true, false},
		{choose.Query{Where: `len(hops) == 1`}, true, false},
		{choose.Query{Where: `number("030123456") or user("1001")`}, true, true},
		{choose.Query{Where: `start > date("2026-03-02T10:00:00Z")`}, false, true},
		{choose.Query{Where: `cause.explanation matches "(?i)BUSY"`}, true, false},
		{choose.Query{Where: `type == "" and expires_s == 3600`}, false, true},
		{choose.Query{Where: `record == "call"`, Status: one("486")}, true, false},
	} {
		choice := compile(t, c.query)
		if got := choice.Match(busyCall()); got != c.call {
			t.Errorf("%v: call: %v", choice, got)
		}
		if got := choice.Match(registration()); got != c.registrationToo {
			t.Errorf("%v: registration: %v", choice, got)
		}
	}
}

// What a text does not say of its times is not guessed.
func TestTimesThatAreNotKnown(t *testing.T) {
	for _, c := range []struct {
		flags        record.Flags
		since, until string
		want         bool
	}{
		{record.NoTimes, "00:00", "", false},
		{record.NoDates, "09:00", "10:00", true}, // as the text has it, and not in the zone of the reader
		{record.NoDates, "2026-03-01", "", false},
		{record.NoDates, "", "2026-03-31", false},
		{record.LocalTimes, "09:00", "10:00", true},
		{record.LocalTimes, "2026-03-02 09:29", "2026-03-02 09:31", true},
		{record.LocalTimes, "2026-03-02 09:31", "", false},
	} {
		call := busyCall()
		call.Confidence.Flags = c.flags
		choice := compile(t, choose.Query{Since: c.since, Until: c.until})
		if got := choice.Match(call); got != c.want {
			t.Errorf("flags %v, %v: %v", c.flags.AppendNames(nil), choice, got)
		}
	}
}

func TestErrors(t *testing.T) {
	one := func(s string) []string { return []string{s} }
	for _, c := range []struct {
		query choose.Query
		want  string
	}{
		{choose.Query{Status: one("48")}, `--status: "48": expected a code such as 486, or a class such as 5xx`},
		{choose.Query{Disposition: one("bussy")}, `--disposition: there is no "bussy"; did you mean busy?`},
		{choose.Query{Service: one("hold")}, `--service: there is no "hold"; expected one of call_hold, `},
		{choose.Query{Number: one("alice")}, `--number: "alice": expected a number, `},
		{choose.Query{Peer: one("10.0.0.0/40")}, `--peer: "10.0.0.0/40": expected a prefix such as 10.0.0.0/8`},
		{choose.Query{User: one("")}, `--user: the value is empty`},
		{choose.Query{Since: "soon"}, `--since: "soon": expected a time such as 10:30, `},
		{choose.Query{Since: "x ago"}, `--since: "x ago": expected a duration such as 10m, 2h or 3d before “ago”`},
		{choose.Query{Since: "2026-03-02", Until: "2026-03-01"}, `--until: "2026-03-01" is not after --since "2026-03-02"`},
		{choose.Query{Where: `dispositio == "busy"`}, "--where: column 1: no record has a member \"dispositio\"; did you mean disposition?\n  dispositio == \"busy\"\n  ^"},
		{choose.Query{Where: `status == 486 and caller.adr == ""`}, "--where: column 26: no record has a member \"adr\"; did you mean "},
		{choose.Query{Where: `status == "486"`}, "--where: column 8: invalid operation: == (mismatched types number and text)\n  status == \"486\"\n         ^"},
		{choose.Query{Where: `status >`}, "--where: column 8: unexpected token EOF"},
		{choose.Query{Where: `status`}, "--where: "},
		{choose.Query{Where: strings.Repeat("a", 20_000)}, "--where: the expression is longer than 10000 bytes"},
	} {
		_, err := c.query.Compile()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v:\n%v\nwant\n%s", c.query, err, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		wanted, number string
		want           bool
	}{
		{"+4930123456", "+4930123456", true},
		{"004930123456", "+4930123456", true},
		{"4930123456", "+4930123456", true},
		{"+4930123456", "4930123456", true},
		{"030123456", "+4930123456", true},
		{"+4930123456", "030123456", true},
		{"+49 (30) 123-456", "+4930123456", true},
		{"30123456", "030123456", true},
		{"30123456", "+4930123456", false},
		{"030123457", "+4930123456", false},
		{"030123456", "+99930123456", true}, // which country it is, the number does not show
		{"1001", "1001", true},
		{"1001", "+491001", false},
		{"001", "1", false},
		{"01001", "1001", false},
		{"+4930*", "004930123456", true},
		{"4930*", "+4930123456", true},
		{"+4930*", "+4931123456", false},
		{"030*", "030123456", true},
		{"030*", "+4930123456", false},
		{"*3456", "+4930123456", true},
		{"*0123*", "+4930123456", true},
		{"1*", "1001", true},
		{"1001", "alice", false},
	} {
		n, err := choose.ParseNumber(c.wanted)
		if err != nil {
			t.Error(err)
		}
		if got := n.Match(c.number); got != c.want {
			t.Errorf("%s matches %s: %v", c.wanted, c.number, got)
		}
	}
}

// The stats record is of everything, and nothing that somebody asks for.
func TestStatsAreNotChosen(t *testing.T) {
	if choice := compile(t, choose.Query{}); !choice.All() || !choice.Match(&record.Stats{}) || choice.String() != "" {
		t.Error("an empty query does not match everything")
	}
	if choice := compile(t, choose.Query{Where: "true"}); choice.All() || choice.Match(&record.Stats{}) || choice.String() != `--where "true"` {
		t.Errorf("%v", choice)
	}
}

func FuzzWhere(f *testing.F) {
	f.Add(`status == 486`)
	f.Add(`any(hops, .src contains "x") ? cause.code : 3`)
	f.Add(`hops[99].src`)
	f.Fuzz(func(t *testing.T, where string) {
		c, err := (&choose.Query{Where: where}).Compile()
		if err == nil {
			c.Match(busyCall())
		}
	})
}

func FuzzNumber(f *testing.F) {
	f.Add("+49*", "004930")
	f.Add("*0", "0000000")
	f.Fuzz(func(t *testing.T, wanted, number string) {
		if n, err := choose.ParseNumber(wanted); err == nil {
			n.Match(number)
		}
	})
}

// TestPeerOfACause finds a failure by who did not respond, of which there is no message.
func TestPeerOfACause(t *testing.T) {
	for origin, want := range map[string]bool{"192.0.2.20:5060": true, "192.0.2.20": true, "192.0.2.200:5060": false, "front end": false} {
		q := choose.Query{Peer: []string{"192.0.2.20"}}
		c, err := q.Compile()
		if err != nil {
			t.Fatal(err)
		}
		f := &record.Failure{Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Cause: &record.Cause{Origin: origin}}
		if got := c.Match(f); got != want {
			t.Errorf("%s: %v", origin, got)
		}
	}
}
