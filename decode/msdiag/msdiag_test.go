package msdiag

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sipspan/decode/sip"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, value                        string
		id, sub                            uint32
		reason, source, appName, component string
		hresult                            uint32
		hresultName                        string
		status                             int
		bad                                bool
	}{
		{name: "plain", value: `1003;reason="User does not exist";source="fe.example.com"`,
			id: 1003, reason: "User does not exist", source: "fe.example.com"},
		{name: "number only", value: `13004`, id: 13004},
		{name: "sub number", value: `1003.12;reason=x`, id: 1003, sub: 12, reason: "x"},
		{name: "dot without number", value: `1003.;reason=x`, bad: true},
		{name: "spaces everywhere", value: "  1009 ; reason =\" No match \" ; SOURCE = \"sip.example.com\" ;appname=A ",
			id: 1009, reason: "No match", source: "sip.example.com", appName: "A"},
		{name: "fold", value: "2;reason=\"See\r\n code\";\r\n\tsource=\"edge.example.com\"",
			id: 2, reason: "See\r\n code", source: "edge.example.com"},
		{name: "semicolon inside quotes", value: `5;reason="a;source=no";source="b"`, id: 5, reason: "a;source=no", source: "b"},
		{name: "quotation mark not closed", value: `5;reason="cut off`, id: 5, reason: "cut off"},
		{name: "first of two counts", value: `5;reason="a";reason="b"`, id: 5, reason: "a"},
		{name: "result with name", value: `2;HRESULT="C3E93D80(SIPPROXY_E_X)"`, id: 2, hresult: 0xC3E93D80, hresultName: "SIPPROXY_E_X"},
		{name: "result of another form", value: `2;hresult=0xc3e93d6f SIPPROXY_E_Y`, id: 2, hresult: 0xC3E93D6F, hresultName: "SIPPROXY_E_Y"},
		{name: "result without name", value: `2;HRESULT=80EF01E6`, id: 2, hresult: 0x80EF01E6},
		{name: "result too long", value: `2;HRESULT=80EF01E6F`, id: 2},
		{name: "nested status", value: `10003;source="m";reason="r";component="MediationServer";SipResponseCode=404`,
			id: 10003, source: "m", reason: "r", component: "MediationServer", status: 404},
		{name: "status of the gateway", value: `10480;reason="r"`, id: 10480, reason: "r", status: 480},
		{name: "status out of range", value: `1;SipResponseCode=999`, id: 1},
		{name: "empty", value: ``, bad: true},
		{name: "no number", value: `;reason="x"`, bad: true},
		{name: "words", value: `none`, bad: true},
		{name: "number and words", value: `12 none`, bad: true},
		{name: "too large", value: `4294967296;reason=x`, bad: true},
		{name: "largest", value: `4294967295;reason=x`, id: 1<<32 - 1, reason: "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := Parse([]byte(tt.value))
			if ok == tt.bad {
				t.Fatalf("ok = %v", ok)
			}
			if d.ID != tt.id || d.SubID != tt.sub || string(d.Reason) != tt.reason || string(d.Source) != tt.source ||
				string(d.AppName) != tt.appName || string(d.Component) != tt.component {
				t.Errorf("got %d.%d reason=%q source=%q appName=%q component=%q", d.ID, d.SubID, d.Reason, d.Source, d.AppName, d.Component)
			}
			h, ok := d.HRESULT()
			if h.Code != tt.hresult || string(h.Name) != tt.hresultName || ok != (tt.hresult != 0) {
				t.Errorf("HRESULT = %X %q %v", h.Code, h.Name, ok)
			}
			if got := d.SIPStatus(); got != tt.status {
				t.Errorf("SIPStatus = %d, want %d", got, tt.status)
			}
		})
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	value := []byte(`2;reason="See response code";source="edge";HRESULT="C3E93D80(SIPPROXY_E_X)"`)
	if n := testing.AllocsPerRun(100, func() {
		d, _ := Parse(value)
		d.HRESULT()
		ParseTrust(value)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestHRESULT(t *testing.T) {
	tests := []struct {
		in     string
		status int
		edge   bool
	}{
		{"80EF01E6", 486, false},
		{"0x00EF0064", 100, false},
		{"80EF0001", 0, false},
		{"C3E93D80(SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)", 0, true},
	}
	for _, tt := range tests {
		h, ok := ParseHRESULT([]byte(tt.in))
		if !ok || h.SIPStatus() != tt.status || h.EdgeProxy() != tt.edge {
			t.Errorf("%s: %v status %d edge %v", tt.in, ok, h.SIPStatus(), h.EdgeProxy())
		}
	}
}

func TestParseTrust(t *testing.T) {
	trust := ParseTrust([]byte("ms-source-type=EdgeProxyGenerated;ms-ep-fqdn=edge.example.com; ms-source-verified-user=verified;\r\n ms-source-network=federation"))
	if !trust.GeneratedByEdge() || string(trust.EdgeFQDN) != "edge.example.com" || string(trust.VerifiedUser) != "verified" ||
		string(trust.SourceNetwork) != "federation" {
		t.Errorf("got %q", trust)
	}
	if trust := ParseTrust(nil); trust.GeneratedByEdge() || trust.EdgeFQDN != nil {
		t.Errorf("of nothing: %q", trust)
	}
}

func TestComponent(t *testing.T) {
	for id, want := range map[uint32]string{
		0: "server", 1000: "SIP stack of the front end or edge server", 1999: "SIP stack of the front end or edge server",
		10404: "Mediation Server", 13004: "inbound call routing", 52001: "client", 20000: "", 99999: "",
	} {
		if got := Component(id); got != want {
			t.Errorf("Component(%d) = %q, want %q", id, got, want)
		}
	}
	last := int64(-1)
	for _, r := range Ranges() {
		if int64(r.First) <= last || r.Last < r.First || r.Component == "" {
			t.Errorf("range %d to %d is out of order", r.First, r.Last)
		}
		last = int64(r.Last)
	}
}

func TestMeanings(t *testing.T) {
	last := int64(-1)
	for _, m := range Meanings() {
		if int64(m.ID) <= last {
			t.Errorf("%d is out of order", m.ID)
		}
		last = int64(m.ID)
		if got, ok := Lookup(m.ID); !ok || got != m {
			t.Errorf("Lookup(%d) = %v, %v", m.ID, got, ok)
		}
		if Component(m.ID) == "" {
			t.Errorf("%d is in no range", m.ID)
		}
		if m.Because == "" || strings.HasSuffix(m.Because, ".") || strings.HasSuffix(m.Action, ".") {
			t.Errorf("%d: %q, %q are no clauses", m.ID, m.Because, m.Action)
		}
	}
	if m, ok := Lookup(13004); !ok || m.Kind != Progress {
		t.Error("13004 is progress, not failure")
	}
	if _, ok := Lookup(999999); ok {
		t.Error("an unknown number has a meaning")
	}
}

func TestResults(t *testing.T) {
	if !slices.IsSortedFunc(Results(), func(a, b ResultMeaning) int { return int(int64(a.Code) - int64(b.Code)) }) {
		t.Error("out of order")
	}
	for _, r := range Results() {
		if got, ok := LookupHRESULT(r.Code); !ok || got != r {
			t.Errorf("LookupHRESULT(%X) = %v, %v", r.Code, got, ok)
		}
	}
	if _, ok := LookupHRESULT(1); ok {
		t.Error("an unknown code has a meaning")
	}
}

// The two published responses, read whole.
func TestPublished(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	for file, want := range map[string]uint32{"403-4268-delegate.sip": 4268, "500-15000-exumrouting.sip": 15000} {
		raw, err := os.ReadFile(filepath.Join(folder, "ms-diagnostics", "ccby", file))
		if err != nil {
			t.Fatal(err)
		}
		var m sip.Message
		if err := m.Parse(raw); err != nil {
			t.Fatal(err)
		}
		d, ok := Parse(m.Header(sip.HeaderMSDiagnostics))
		if _, known := Lookup(d.ID); !ok || d.ID != want || !known || len(d.Source) == 0 || len(d.Reason) == 0 {
			t.Errorf("%s: %d reason=%q source=%q", file, d.ID, d.Reason, d.Source)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`2;reason="See response code and reason phrase";source="edge.example.com"; HRESULT="C3E93D80(SIPPROXY_E_X)"`))
	f.Add([]byte("1009.1 ; reason =\"a\r\n b\";SipResponseCode=404"))
	f.Add([]byte(`5;reason="cut`))
	f.Add([]byte(`ms-source-type=EdgeProxyGenerated;ms-ep-fqdn=a`))
	f.Fuzz(func(t *testing.T, value []byte) {
		d, ok := Parse(value)
		if !ok && (d.ID != 0 || d.Params != nil) {
			t.Errorf("refused, and yet %v", d)
		}
		for _, part := range [][]byte{d.Reason, d.Source, d.AppName, d.Component} {
			if len(part) > len(value) {
				t.Errorf("%q is longer than the value", part)
			}
		}
		if h, ok := d.HRESULT(); ok {
			h.SIPStatus()
		}
		if s := d.SIPStatus(); s != 0 && (s < 100 || s > 699) {
			t.Errorf("status %d", s)
		}
		ParseTrust(value)
		Component(d.ID)
	})
}

func BenchmarkParse(b *testing.B) {
	value := []byte(`2;reason="See response code and reason phrase";source="edge.example.com"; HRESULT="C3E93D80(SIPPROXY_E_X)"`)
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(value)
	}
}
