// Package laddertest reads the messages of a flow, as package sipgen writes them, for tests of what draws ladders.
package laddertest

import (
	"cmp"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/decode/sip"
	"sipspan/internal/dev/sipgen"
	"sipspan/record"
	"sipspan/view/ladder"
)

// Messages returns the messages of a flow as a capture of it would show them, less the faults of the network that the flow has.
func Messages(t testing.TB, flow string) (all []ladder.Message) {
	t.Helper()
	f, err := sipgen.ParseFlow(flow)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Steps {
		s := &f.Steps[i]
		if len(s.Payload) == 0 || s.Options.Lost || s.Transport == sipgen.OverICMP {
			continue
		}
		at := f.Start.UnixNano() + int64(s.At)
		m := ladder.Message{
			Time: at, Src: s.From, Dst: s.To, Transport: strings.ToUpper(string(s.Transport)), CallID: string(sip.PeekCallID(s.Payload)),
			Raw: s.Payload,
		}
		all = append(all, m)
		for _, later := range s.Options.Retransmit {
			m.Time = at + int64(later)
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b ladder.Message) int { return cmp.Compare(a.Time, b.Time) })
	for i := range all {
		all[i].Frames = []int{i + 1}
	}
	return all
}

// Scenario returns the flow of a scenario in testdata/golden at the root of the module, which is up folders above the test.
func Scenario(t testing.TB, root, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "testdata", "golden", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return string(txtar.Parse(text).Files[0].Data)
}

// update makes Golden write what it is given.
var update = flag.Bool("update", false, "write what is drawn into the golden files")

// Golden compares a drawing with the file of that name in testdata.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := diff.Diff(path, want, "drawn", []byte(got)); len(diff) > 0 {
		t.Errorf("%s", diff)
	}
}

// Ladder returns the ladder of the flow of a scenario, as if its first Call-ID had been chosen.
func Ladder(t testing.TB, root, name string) *ladder.Ladder {
	t.Helper()
	return Of(Messages(t, Scenario(t, root, name)))
}

// Of returns the ladder of messages, as if the first Call-ID had been chosen.
func Of(all []ladder.Message) *ladder.Ladder {
	return ladder.Build(&ladder.Input{Record: &record.Call{Header: record.Header{CallID: all[0].CallID}}, Messages: all})
}

// hostile is what somebody may write into a message to do harm to whoever looks at it.
const hostile = "<script>alert(1)</script>\x1b[31m\u202e\u2066;end #quot; --> ]]> %%{init}%%\a"

// Hostile returns messages with harmful names wherever a name can stand, one of them 10 kB long.
func Hostile() []ladder.Message {
	long := strings.Repeat("N", 10<<10)
	alice, bob := netip.MustParseAddrPort("192.0.2.10:5060"), netip.MustParseAddrPort("192.0.2.11:5060")
	head := "Via: SIP/2.0/UDP <script>host</script>;branch=z9hG4bK1\r\nFrom: \"" + hostile + "\" <sip:" + long + "@example.com>;tag=1\r\n" +
		"To: <sip:bob@example.com>;tag=" + hostile + "\r\nCall-ID: h\r\nCSeq: 1 INVITE\r\n"
	request := "INVITE sip:" + long + "@example.com SIP/2.0\r\n" + head + "User-Agent: " + hostile + "\r\nReferred-By: " + hostile + "\r\n" +
		"Subject: " + long + "\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=" + hostile + " 1 RTP/AVP 0\r\na=rtpmap:0 " + hostile + "\r\n"
	response := "SIP/2.0 486 " + hostile + "\r\n" + head + "Reason: " + hostile + long + "\r\n\r\n"
	return []ladder.Message{
		{Time: 1e18, Src: alice, Dst: bob, Transport: "UDP", CallID: "h", Raw: []byte(request)},
		{Time: 1e18 + 1e9, Src: bob, Dst: alice, Transport: "UDP", CallID: "h", Raw: []byte(response)},
	}
}
