package diagnose

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"sipspan/decode/msdiag"
	"sipspan/decode/sip"
	"sipspan/session/evidence"
)

func TestExplain(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.id, func(t *testing.T) {
			id, cause := explain((*evidence.Case)(tt.c))
			if id != tt.id {
				t.Fatalf("is %q, %+v", id, cause)
			}
			if tt.explanation != "" && cause.Explanation != tt.explanation {
				t.Errorf("explanation:\n%s\nwant:\n%s", cause.Explanation, tt.explanation)
			}
		})
	}
}

// numbered makes a case for each diagnosis that comes from a table of numbers.
func numbered() map[string]*sample {
	all := map[string]*sample{}
	for _, m := range msdiag.Meanings() {
		if m.Kind == msdiag.Failure {
			all[fmt.Sprintf("ms_%d", m.ID)] = answered("INVITE", 500, fmt.Sprintf(`ms-diagnostics: %d;reason="x";source="fe.example.com"`, m.ID))
		}
	}
	for _, r := range msdiag.Results() {
		all[fmt.Sprintf("ms_hresult_%X", r.Code)] = answered("INVITE", 403, fmt.Sprintf(`ms-diagnostics: 2;HRESULT=%X`, r.Code))
	}
	for _, q := range q850Causes {
		if q.because != "" {
			all[fmt.Sprintf("q850_%d", q.number)] = answered("INVITE", 503, fmt.Sprintf("Reason: Q.850;cause=%d", q.number))
		}
	}
	for n := 1; n < len(preemptions); n++ {
		all[fmt.Sprintf("reason_preemption_%d", n)] = answered("INVITE", 480, fmt.Sprintf("Reason: preemption;cause=%d", n))
	}
	for _, w := range warnings {
		all[fmt.Sprintf("warning_%d", w.code)] = answered("INVITE", 488, fmt.Sprintf(`Warning: %d h "t"`, w.code))
	}
	for _, s := range statuses {
		if s.because != "" {
			all["sip_"+strconv.Itoa(s.code)] = bare("FOO", s.code)
		}
	}
	for _, m := range kindStatuses {
		all[statusID(m.code, m.kind)] = kindCase(m.kind, m.code)
	}
	return all
}

// kindCase is a failed request of a kind of which only the status is known.
func kindCase(kind string, status int) *sample {
	method, event, _ := strings.Cut(kind, " ")
	method, again := strings.CutPrefix(method, "re-")
	c := bare(method, status)
	if kind == anyInside {
		c.Method, again = "FOO", true
	}
	if again {
		c.Place = evidence.Inside
	}
	if event != "" {
		c.Request = request(method, "Event: "+event)
	}
	return c
}

// bare is a failed request of which only the status is known.
func bare(method string, status int) *sample {
	return &sample{Method: method, Status: status}
}

// Every entry of the table is reached by a case, and every sentence is one.
func TestEveryDiagnosis(t *testing.T) {
	reached := map[string]bool{}
	check := func(id string, c *sample) {
		got, cause := explain((*evidence.Case)(c))
		if got != id {
			t.Errorf("%s: is %q", id, got)
		}
		if cause == nil {
			return
		}
		reached[got] = true
		d := table[index[got]]
		if cause.Source != string(d.Source) {
			t.Errorf("%s: source %q", id, cause.Source)
		}
		s := cause.Explanation
		if strings.ContainsAny(s, "{}\r\n") || strings.Contains(s, "  ") || strings.Contains(s, " ;") || strings.Contains(s, "..") ||
			!strings.HasSuffix(s, ".") || s[0] < 'A' || s[0] > 'Z' || !utf8.ValidString(s) {
			t.Errorf("%s: %q is no sentence", id, s)
		}
		if len(cause.Evidence) == 0 {
			t.Errorf("%s: no evidence", id)
		}
	}
	for _, tt := range cases {
		check(tt.id, tt.c)
	}
	for id, c := range numbered() {
		check(id, c)
	}
	for _, d := range Table() {
		if !reached[d.ID] {
			t.Errorf("%s is reached by no case", d.ID)
		}
	}
}

// What went well, and what goes on, has no cause.
func TestNothingToExplain(t *testing.T) {
	quiet := map[string]*sample{
		"progress": {Method: "INVITE", Status: 101, Response: []byte("SIP/2.0 101 Progress Report\r\nCSeq: 1 INVITE\r\n" +
			"ms-diagnostics: 13004;reason=\"Request was proxied to one or more registered endpoints\";source=\"ocs.example.com\";appName=\"InboundRouting\"\r\n\r\n")},
		"success":            answered("INVITE", 200),
		"progress in a 2xx":  answered("INVITE", 200, `ms-diagnostics: 13004;reason="x"`),
		"normal end":         {Method: "BYE", Status: 200, Request: request("BYE", "Reason: Q.850;cause=16;text=\"Terminated\"")},
		"end, unspecified":   {Method: "BYE", Status: 200, Request: request("BYE", "Reason: Q.850;cause=31")},
		"the user hung up":   {Method: "BYE", Status: 200, Request: request("BYE", `ms-client-diagnostics: 51004; reason="Action initiated by user"`)},
		"long call":          answered("INVITE", 200).with(func(c *sample) { c.Src, c.Talk, c.Request = publicNAT, time.Hour, request("INVITE", offer) }),
		"inside one network": answered("INVITE", 200).with(func(c *sample) { c.Talk, c.Request = time.Second, request("INVITE") }),
		"still going":        {Method: "INVITE"},
		"nothing":            {},
	}
	for name, c := range quiet {
		if id, cause := explain((*evidence.Case)(c)); cause != nil {
			t.Errorf("%s: %s: %s", name, id, cause.Explanation)
		}
	}
}

func TestReadTry(t *testing.T) {
	message := func(raw []byte) *sip.Message {
		m := new(sip.Message)
		if err := m.Parse(raw); err != nil {
			t.Fatal(err)
		}
		return m
	}
	both := message(request("INVITE", `Authorization: Digest realm="a", nonce="1"`, `Proxy-Authorization: Digest nonce="2",realm="b"`))
	register := message(request("REGISTER", `Authorization: Digest username="u", realm="a,b", nonce="1"`))
	tests := []struct {
		name              string
		request, response *sip.Message
		want              try
	}{
		{"nothing", nil, nil, try{}},
		{"401", both, message(response(401, "INVITE", `WWW-Authenticate: Digest nonce="3", stale=true , realm="a"`)),
			try{status: 401, realm: "a", nonce: "3", stale: true, credentials: true, credentialsRealm: "a", credentialsNonce: "1"}},
		{"407", both, message(response(407, "INVITE", `Proxy-Authenticate: Digest realm="b", nonce="4", stale=false`)),
			try{status: 407, realm: "b", nonce: "4", credentials: true, credentialsRealm: "b", credentialsNonce: "2"}},
		{"credentials for somebody else", register, message(response(407, "REGISTER", `Proxy-Authenticate: Digest realm="b", nonce="4"`)),
			try{status: 407, realm: "b", nonce: "4"}},
		{"403", register, message(response(403, "REGISTER")),
			try{status: 403, credentials: true, credentialsRealm: "a,b", credentialsNonce: "1"}},
	}
	for _, tt := range tests {
		if got := readTry(tt.request, tt.response); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// A final response that only tells of progress is explained by its status.
func TestProgressIsNoReason(t *testing.T) {
	if id, _ := explain((*evidence.Case)(answered("INVITE", 486, `ms-diagnostics: 13004;reason="x";source="fe.example.com"`))); id != "sip_486_invite" {
		t.Errorf("is %q", id)
	}
}

// The cause shares nothing with the messages, and Explain leaves nothing behind for the next case.
func TestOwnsItsText(t *testing.T) {
	c := cases[0].c
	raw := string(c.Response)
	cause := Explain(&evidence.Case{Method: c.Method, Status: c.Status, Response: []byte(raw)})
	borrowed := []byte(raw)
	other := Explain(&evidence.Case{Method: c.Method, Status: c.Status, Response: borrowed})
	for i := range borrowed {
		borrowed[i] = 0xCC
	}
	if cause.Explanation != other.Explanation || fmt.Sprint(cause.Evidence) != fmt.Sprint(other.Evidence) {
		t.Errorf("changed with the packet: %+v", other)
	}
	if id, _ := explain(&evidence.Case{Method: "SUBSCRIBE", Status: 403}); id != "sip_403_subscribe" {
		t.Errorf("the case after it is %q", id)
	}
}

// One Explain does not see another's messages.
func TestConcurrently(t *testing.T) {
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, tt := range cases {
				if id, cause := explain((*evidence.Case)(tt.c)); id != tt.id || tt.explanation != "" && cause.Explanation != tt.explanation {
					t.Errorf("%s: is %q", tt.id, id)
				}
			}
		})
	}
	group.Wait()
}

func TestCause(t *testing.T) {
	cause := Explain((*evidence.Case)(cases[0].c))
	if cause.Source != "ms-diagnostics" || cause.Code != "2" || cause.Origin != "edge.example.com" ||
		cause.Text != "SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED" {
		t.Errorf("%+v", cause)
	}
	var what []string
	for _, e := range cause.Evidence {
		what = append(what, fmt.Sprintf("%d %s", e.Time, e.What))
	}
	want := []string{
		"1000000000 SUBSCRIBE from 192.0.2.10:5060 to 192.0.2.1:5060",
		"1020000000 403 Forbidden from 192.0.2.1:5060 after 20 ms",
		"1020000000 ms-edge-proxy-message-trust: ms-source-type=EdgeProxyGenerated;ms-ep-fqdn=edge.example.com; ms-source-verified-user=verified",
		`1020000000 ms-diagnostics: 2;reason="See response code and reason phrase";source="edge.example.com"; HRESULT="C3E93D80(SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)"`,
	}
	if strings.Join(what, "\n") != strings.Join(want, "\n") {
		t.Errorf("evidence:\n%s", strings.Join(what, "\n"))
	}
}

func FuzzExplain(f *testing.F) {
	for _, tt := range cases {
		f.Add(tt.c.Method, tt.c.Status, tt.c.Request, tt.c.Response, tt.c.Closing)
	}
	f.Fuzz(func(t *testing.T, method string, status int, request, response, closing []byte) {
		c := &sample{Method: method, Status: status, Request: request, Response: response, Closing: closing, Src: publicNAT, Origin: publicNAT, Talk: time.Second}
		for timer := evidence.NoWait; timer <= evidence.NoRenewal; timer++ {
			c.Wait = timer
			if cause := Explain((*evidence.Case)(c)); cause != nil && !strings.HasSuffix(cause.Explanation, ".") {
				t.Errorf("%q", cause.Explanation)
			}
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	for _, n := range []int{0, len(cases) - 5} {
		b.Run(cases[n].id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Explain((*evidence.Case)(cases[n].c))
			}
		})
	}
}
