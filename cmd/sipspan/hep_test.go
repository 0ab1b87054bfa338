package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/decode/hep"
	"sipspan/internal/dev/sipgen"
)

var ofHEP = regexp.MustCompile(`"capture":\{"node":"2001"\},`)

// TestReadHEP reads a scenario as it was captured, and as an agent hands it on to a collector over UDP and TCP: the records are
// the same but for the agent. Without --hep the report says what to do.
func TestReadHEP(t *testing.T) {
	for _, name := range []string{"call-answered-udp", "call-auth-failed", "call-b2bua-one-call-id"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../../testdata/golden", name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			flow := string(txtar.Parse(text).Files[0].Data)
			want := withoutStats(readJSON(t, writeFlow(t, parseFlow(t, flow))))
			for _, over := range []sipgen.Transport{sipgen.OverUDP, sipgen.OverTCP} {
				wrapped := inHEP(t, parseFlow(t, flow), over)
				lines := readJSON(t, wrapped, "--hep")
				checkAccount(t, accountOf(t, lines))
				got := withoutStats(lines)
				if n := strings.Count(got, "\n"); n == 0 || len(ofHEP.FindAllString(got, -1)) != n {
					t.Errorf("%s: the agent is not in all of %d records:\n%s", over, n, got)
				}
				if diff := cmp.Diff(want, ofHEP.ReplaceAllString(got, "")); diff != "" {
					t.Errorf("%s: records (-captured +HEP):\n%s", over, diff)
				}
				if lines := readJSON(t, wrapped); withoutStats(lines) != "" || !strings.Contains(lines, `"hep":`) {
					t.Errorf("%s: without --hep: %s", over, lines)
				}
			}
		})
	}
}

// inHEP writes a capture with the messages of a flow in HEP.
func inHEP(t *testing.T, f *sipgen.Flow, over sipgen.Transport) string {
	t.Helper()
	return inHEPOf(t, f, over, func(*hep.Packet) {})
}

// inHEPOf is inHEP of an agent that changes its packets.
func inHEPOf(t *testing.T, f *sipgen.Flow, over sipgen.Transport, change func(*hep.Packet)) string {
	t.Helper()
	agent, collector := netip.MustParseAddrPort("198.51.100.1:40000"), netip.MustParseAddrPort("198.51.100.2:9060")
	for i := range f.Steps {
		s := &f.Steps[i]
		p := hep.Packet{
			Protocol: hep.SIP, IPProtocol: hep.IPProtocolUDP, Node: 2001, Src: s.From, Dst: s.To, Time: f.Start.Add(s.At).UnixNano(), Payload: s.Payload,
		}
		change(&p)
		b, ok := hep.Append(nil, &p)
		if !ok || s.Transport != sipgen.OverUDP {
			t.Fatalf("step %d cannot be handed on as it is", i)
		}
		*s = sipgen.Step{At: s.At, From: agent, To: collector, Transport: over, Payload: b}
	}
	return writeFlow(t, f)
}

// TestReadHEPCorrelation reads two legs that have nothing in common but what the agent says: the second has the Call-ID of the first as
// correlation ID.
func TestReadHEPCorrelation(t *testing.T) {
	text, err := os.ReadFile("../../testdata/golden/call-answered-udp.txtar")
	if err != nil {
		t.Fatal(err)
	}
	legs := func(correlation string) string {
		f := parseFlow(t, string(txtar.Parse(text).Files[0].Data))
		var steps []sipgen.Step
		for _, s := range f.Steps {
			other := s
			other.Payload = []byte(strings.NewReplacer("answered@192.0.2.10", "leg@192.0.2.20", "alice", "carol", "bob", "dave", "192.0.2.1", "192.0.2.2").Replace(string(s.Payload)))
			for _, end := range []*netip.AddrPort{&other.From, &other.To} {
				*end = netip.AddrPortFrom(end.Addr().Next().Next().Next(), end.Port())
			}
			steps = append(steps, s, other)
		}
		f.Steps = steps
		return inHEPOf(t, f, sipgen.OverUDP, func(p *hep.Packet) {
			if strings.Contains(string(p.Payload), "leg@") {
				p.Correlation = []byte(correlation)
			}
		})
	}
	got := withoutStats(readJSON(t, legs("answered@192.0.2.10"), "--hep"))
	for _, want := range []string{
		`"related":[{"relation":"x_call_id","call_id":"leg@192.0.2.20","score":0.9,"reason":"HEP correlation ID names the Call-ID of one of them"}]`,
		`"related":[{"relation":"x_call_id","call_id":"answered@192.0.2.10","score":0.9,"reason":"HEP correlation ID names the Call-ID of one of them"}]`,
		`"capture":{"node":"2001","correlation_id":"answered@192.0.2.10"}`,
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%s is not there once:\n%s", want, got)
		}
	}
	for _, none := range []string{"", "leg@192.0.2.20"} {
		if got := withoutStats(readJSON(t, legs(none), "--hep")); strings.Contains(got, "related") || strings.Contains(got, "correlation_id") {
			t.Errorf("%q:\n%s", none, got)
		}
	}
}
