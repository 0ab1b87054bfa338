package choose

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/record"
)

// TestKeys checks over records with all members that whatever matches has one of the keys, and began within the span.
func TestKeys(t *testing.T) {
	text, err := os.ReadFile("../testdata/full.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var records []record.Record
	var values []string // of whatever could be asked for
	for line := range strings.Lines(string(text)) {
		r, err := record.Decode([]byte(strings.TrimSpace(line)))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
		f := factsOf(r)
		values = append(values, f.head.ID, f.head.CallID)
		for _, s := range f.uris {
			values = append(values, s, strings.ToUpper(s))
			if u, ok := splitURI(s); ok {
				values = append(values, u.name, u.name+"@"+u.host, u.scheme+":"+u.name+"@"+u.host)
			}
		}
		for _, s := range f.addrs {
			host := s[:max(0, strings.LastIndexByte(s, ':'))]
			values = append(values, s, host, strings.Trim(host, "[]"))
		}
	}
	for _, n := range numbers {
		call := &record.Call{}
		call.ID, call.From.URI, call.To.URI = "n", "sip:"+n+"@example.com", "tel:"+n
		records = append(records, call)
	}
	values = append(values, numbers...)
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	matched := 0
	for _, v := range values {
		for name, q := range map[string]Query{
			"id": {ID: []string{v}}, "call-id": {CallID: []string{v}}, "number": {Number: []string{v}}, "user": {User: []string{v}},
			"peer": {Peer: []string{v}}, "two": {User: []string{v, "nobody"}, Peer: []string{"192.0.2.1"}},
		} {
			c, err := q.Compile()
			if err != nil {
				continue // not a number, for example
			}
			keys, ok := c.Keys()
			for _, r := range records {
				if !c.Match(r) || !ok {
					continue
				}
				matched++
				has := AppendKeys(nil, r)
				if !slices.ContainsFunc(keys, func(k Key) bool { return slices.Contains(has, k) }) {
					t.Errorf("--%s %q matches a record that has none of its keys: %s", name, v, r.AppendJSON(nil))
				}
			}
		}
	}
	if matched < 3*len(values) {
		t.Errorf("only %d matches of %d values", matched, len(values))
	}
}

// numbers are ways to write few numbers.
var numbers = []string{"+4930123456", "004930123456", "4930123456", "030123456", "030/123 456", "0123456", "123456", "49123456", "1001", "0049", "001", "+1001", "000000001"}

func TestKeysAreEachOnce(t *testing.T) {
	call := &record.Call{}
	call.ID, call.CallID = "a", "b"
	call.From.URI, call.To.URI, call.RequestURI = "sip:1@a", "sip:1@b", "sip:1@c"
	call.Caller.Addr, call.Callee.Addr = "192.0.2.1:5060", "192.0.2.1:5061"
	keys := AppendKeys([]Key{7}, call)
	slices.Sort(keys[1:])
	if len(keys) != 6 || len(slices.Compact(slices.Clone(keys))) != 6 || keys[0] != 7 {
		t.Errorf("%v: want the one before, an id, a Call-ID, a name, a number and an address", keys)
	}
}

func TestNoKeys(t *testing.T) {
	for _, q := range []Query{
		{}, {CallID: []string{"a*"}}, {Number: []string{"+4930*"}}, {User: []string{"*@example.com"}}, {Peer: []string{"10.0.0.0/8"}}, {Status: []string{"486"}},
		{CallID: []string{"a", "b*"}}, {Peer: []string{"carrier", "192.0.2.1"}},
	} {
		c, err := q.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if keys, ok := c.Keys(); ok {
			t.Errorf("%v has keys %v", c, keys)
		}
	}
}

func TestSpan(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct{ since, until, want string }{
		{"", "", "- -"},
		{"10m ago", "", "2026-03-02T11:50:00Z -"},
		{"", "2026-03-01", "- 2026-03-02T00:00:00Z"},
		{"10:00", "11:00", "- -"},
		{"2026-03-01", "11:00", "2026-03-01T00:00:00Z -"},
	} {
		c, err := (&Query{Since: test.since, Until: test.until, Now: now}).Compile()
		if err != nil {
			t.Fatal(err)
		}
		since, until := c.Span()
		text := func(at time.Time) string {
			if at.IsZero() {
				return "-"
			}
			return at.Format(time.RFC3339)
		}
		if got := text(since) + " " + text(until); got != test.want {
			t.Errorf("%q to %q: %s, want %s", test.since, test.until, got, test.want)
		}
	}
}
