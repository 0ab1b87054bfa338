package ladder_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
)

const t0 = int64(1_700_000_000e9)

// flow is messages that are written down one a line: time in milliseconds, ends, start line, Vias.
type flow struct {
	t   *testing.T
	all []ladder.Message
}

// send adds a message. vias are "host:port branch", from the top.
func (f *flow) send(atMs int64, src, dst, start, cseq string, extra string, vias ...string) {
	f.t.Helper()
	var b strings.Builder
	b.WriteString(start + "\r\n")
	for _, v := range vias {
		host, branch, _ := strings.Cut(v, " ")
		fmt.Fprintf(&b, "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\n", host, branch)
	}
	fmt.Fprintf(&b, "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>;tag=t\r\nCall-ID: one\r\nCSeq: %s\r\n%s\r\n", cseq, extra)
	f.all = append(f.all, ladder.Message{
		Time: t0 + atMs*1e6, Src: netip.MustParseAddrPort(src), Dst: netip.MustParseAddrPort(dst), Transport: "UDP", CallID: "one",
		Raw: []byte(b.String()), Frames: []int{len(f.all) + 1},
	})
}

// addresses returns what addresses each column has.
func addresses(l *ladder.Ladder) (all [][]string) {
	for i := range l.Columns {
		all = append(all, l.Columns[i].Addrs)
	}
	return all
}

const invite, ok = "INVITE sip:b@example.com SIP/2.0", "SIP/2.0 200 OK"

// A proxy with an address for each side is one column: it puts its Via on the request that came to the other address.
func TestProxyWithTwoAddresses(t *testing.T) {
	f := flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "192.0.2.1:5060 a")
	f.send(10, "198.51.100.9:5060", "198.51.100.2:5060", invite, "1 INVITE", "", "198.51.100.9:5060 p", "192.0.2.1:5060 a")
	want := [][]string{{"192.0.2.1:5060"}, {"192.0.2.9:5060", "198.51.100.9:5060"}, {"198.51.100.2:5060"}}
	if diff := cmp.Diff(want, addresses(laddertest.Of(f.all))); diff != "" {
		t.Error(diff)
	}
}

// A client that connects from another port than it names in its Via is one column, whatever port it connects from next.
func TestConnectionsOfOneClient(t *testing.T) {
	f := flow{t: t}
	f.send(0, "192.0.2.1:40001", "192.0.2.9:5060", invite, "1 INVITE", "", "192.0.2.1:5060 a")
	f.send(10, "192.0.2.1:40002", "192.0.2.9:5060", "BYE sip:b@example.com SIP/2.0", "2 BYE", "", "192.0.2.1:5060 b")
	f.send(20, "192.0.2.9:5060", "192.0.2.1:5060", "INFO sip:a@example.com SIP/2.0", "1 INFO", "", "192.0.2.9:5060 c")
	want := [][]string{{"192.0.2.1:40001", "192.0.2.1:40002", "192.0.2.1:5060"}, {"192.0.2.9:5060"}}
	if diff := cmp.Diff(want, addresses(laddertest.Of(f.all))); diff != "" {
		t.Error(diff)
	}
}

// Ports of one host are two columns as long as nothing shows that they are one element, and so are two points of capture around a translator of
// addresses, and what would send to itself otherwise.
func TestNotJoined(t *testing.T) {
	f := flow{t: t}
	f.send(0, "127.0.0.1:5070", "127.0.0.1:5060", invite, "1 INVITE", "", "127.0.0.1:5070 a")
	f.send(10, "127.0.0.1:5060", "127.0.0.1:5080", invite, "1 INVITE", "", "127.0.0.1:5060 p", "127.0.0.1:5070 a")
	if n := len(laddertest.Of(f.all).Columns); n != 3 {
		t.Errorf("%d columns for three elements on one host", n)
	}
	f = flow{t: t}
	f.send(0, "10.0.0.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "10.0.0.1:5060 a")
	f.send(1, "203.0.113.1:1024", "192.0.2.9:5060", invite, "1 INVITE", "", "10.0.0.1:5060 a")
	f.send(2, "192.0.2.9:5060", "203.0.113.1:1024", ok, "1 INVITE", "", "10.0.0.1:5060 a")
	f.send(3, "192.0.2.9:5060", "10.0.0.1:5060", ok, "1 INVITE", "", "10.0.0.1:5060 a")
	if n := len(laddertest.Of(f.all).Columns); n != 3 {
		t.Errorf("%d columns, and not those of the client, the translator and the server", n)
	}
	f = flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "203.0.113.7:5060 x", "203.0.113.8:5060 y")
	f.send(10, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "203.0.113.8:5060 y")
	if n := len(laddertest.Of(f.all).Columns); n != 2 {
		t.Errorf("%d columns for the two ends of a message", n)
	}
}

// A retransmission is folded into the first one; the same request with another body is none.
func TestFolding(t *testing.T) {
	f := flow{t: t}
	for _, at := range []int64{0, 500, 1500} {
		f.send(at, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "192.0.2.1:5060 a")
	}
	f.send(2000, "192.0.2.1:5060", "192.0.2.9:5060", invite, "2 INVITE", "", "192.0.2.1:5060 b")
	f.all = append(f.all, f.all[3])
	f.all[4].Copy = true
	l := laddertest.Of(f.all)
	if len(l.Steps) != 2 || l.Steps[0].Times != 3 || l.Steps[0].ForMs != 1500 || l.Copies != 1 {
		t.Fatalf("%d steps, the first one %+v, %d copies", len(l.Steps), l.Steps[0], l.Copies)
	}
	if got := l.Caption(&l.Steps[0]); got != "re-INVITE (1) ×3" {
		t.Errorf("caption %q", got)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, l.Steps[0].Frames); diff != "" {
		t.Error(diff)
	}
}

// An ordinary challenge has the status of the refusal after it: the evidence names the one that explains.
func TestCauseAfterChallenge(t *testing.T) {
	f := flow{t: t}
	const register = "REGISTER sip:example.com SIP/2.0"
	for i, at := range []int64{0, 100} {
		n := strconv.Itoa(i + 1)
		f.send(at, "192.0.2.1:5060", "192.0.2.2:5060", register, n+" REGISTER", "", "192.0.2.1:5060 "+n)
		f.send(at+20, "192.0.2.2:5060", "192.0.2.1:5060", "SIP/2.0 401 Unauthorized", n+" REGISTER", "", "192.0.2.1:5060 "+n)
	}
	r := &record.Registration{Header: record.Header{CallID: "one"}, Outcome: record.OutcomeFailed, Status: 401, Cause: &record.Cause{
		Source: "sip", Code: "401", Origin: "192.0.2.2:5060", Explanation: "The password is wrong.",
		Evidence: []record.Evidence{{Time: t0 + 120e6, What: "401 Unauthorized"}},
	}}
	if l := ladder.Build(&ladder.Input{Record: r, Messages: f.all}); l.Steps[1].Explains || !l.Steps[3].Explains || l.Cause.Step != 4 {
		t.Errorf("steps %+v, cause %+v", l.Steps, l.Cause)
	}
}

// The response that explains the failure is that of the element it came from, and has the sentence beside it.
func TestCause(t *testing.T) {
	f := flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "192.0.2.1:5060 a")
	f.send(10, "192.0.2.9:5060", "192.0.2.2:5060", invite, "1 INVITE", "", "192.0.2.9:5060 p", "192.0.2.1:5060 a")
	f.send(20, "192.0.2.2:5060", "192.0.2.9:5060", "SIP/2.0 486 Busy Here", "1 INVITE", "", "192.0.2.9:5060 p", "192.0.2.1:5060 a")
	f.send(30, "192.0.2.9:5060", "192.0.2.1:5060", "SIP/2.0 486 Busy Here", "1 INVITE", "", "192.0.2.1:5060 a")
	c := &record.Call{Header: record.Header{CallID: "one"}, Disposition: record.Busy, Status: 486, Cause: &record.Cause{
		Source: "sip", Code: "486", Origin: "192.0.2.2:5060", Explanation: "The phone is busy.",
		Evidence: []record.Evidence{{Time: t0, What: "INVITE"}, {Time: t0 + 15e6, What: "something else"}},
	}}
	l := ladder.Build(&ladder.Input{Record: c, Messages: f.all})
	if !l.Steps[2].Explains || l.Steps[3].Explains || l.Cause.Step != 3 || l.Cause.Evidence[0].Step != 1 || l.Cause.Evidence[1].Step != 0 {
		t.Errorf("steps %+v, cause %+v", l.Steps, l.Cause)
	}
	if n := l.Steps[2].Notes; len(n) != 1 || n[0] != (ladder.Note{Kind: ladder.NoteCause, Text: "The phone is busy."}) {
		t.Errorf("notes %+v", n)
	}
	c.Cause.Source = "icmp" // what the network reported is no message
	l = ladder.Build(&ladder.Input{Record: c, Messages: f.all})
	if s := l.Steps[2]; s.Kind != ladder.Event || s.AtMs != 15 || s.Label != "something else" || l.Steps[3].AtMs != 20 {
		t.Errorf("steps %+v", l.Steps)
	}
}

// Without a response, the request that nobody answered explains the failure.
func TestUnanswered(t *testing.T) {
	f := flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", "", "192.0.2.1:5060 a")
	f.send(10, "192.0.2.9:5060", "192.0.2.2:5060", invite, "1 INVITE", "", "192.0.2.9:5060 p", "192.0.2.1:5060 a")
	c := &record.Call{Header: record.Header{CallID: "one"}, Disposition: record.Timeout, Cause: &record.Cause{Source: "timeout", Explanation: "Nobody answered."}}
	if l := ladder.Build(&ladder.Input{Record: c, Messages: f.all}); !l.Steps[1].Explains {
		t.Errorf("steps %+v", l.Steps)
	}
}

// Holds are named where they begin and end.
func TestHold(t *testing.T) {
	l := laddertest.Ladder(t, "../..", "service-call-hold-both")
	var holds []string
	for i := range l.Steps {
		for _, n := range l.Steps[i].Notes {
			if n.Kind == ladder.NoteHold {
				holds = append(holds, fmt.Sprintf("%d→%d %s", l.Steps[i].From+1, l.Steps[i].To+1, n.Text))
			}
		}
	}
	if len(holds) < 2 || !strings.HasSuffix(holds[0], " hold") {
		t.Errorf("holds: %q", holds)
	}
	if len(l.Media) < 2 || l.Media[0].Answer == nil {
		t.Errorf("media: %+v", l.Media)
	}
}

// A hold that is refused changes nothing: what is offered next does not end one.
func TestHoldRefused(t *testing.T) {
	const offer = "Content-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\na="
	f := flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE", offer+"sendrecv\r\n", "192.0.2.1:5060 a")
	f.send(10, "192.0.2.9:5060", "192.0.2.1:5060", ok, "1 INVITE", offer+"sendrecv\r\n", "192.0.2.1:5060 a")
	f.send(20, "192.0.2.1:5060", "192.0.2.9:5060", invite, "2 INVITE", offer+"sendonly\r\n", "192.0.2.1:5060 b")
	f.send(30, "192.0.2.9:5060", "192.0.2.1:5060", "SIP/2.0 488 Not Acceptable Here", "2 INVITE", "", "192.0.2.1:5060 b")
	f.send(40, "192.0.2.1:5060", "192.0.2.9:5060", invite, "3 INVITE", offer+"sendrecv\r\n", "192.0.2.1:5060 c")
	l := laddertest.Of(f.all)
	want := []ladder.Note{{Kind: ladder.NoteOffer, Text: "offer: audio PCMU"}}
	if diff := cmp.Diff(want, l.Steps[4].Notes); diff != "" {
		t.Error(diff)
	}
	if n := l.Steps[2].Notes; len(n) != 2 || n[1].Text != "hold" {
		t.Errorf("notes of the hold: %+v", n)
	}
}

// A change is named within a dialog, and not of another try before there is one.
func TestChange(t *testing.T) {
	const offer = "Content-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP "
	f := flow{t: t}
	for i, codec := range []string{"0", "8", "0 8"} {
		f.send(int64(i), "192.0.2.1:5060", "192.0.2.9:5060", invite, fmt.Sprint(i+1, " INVITE"), offer+codec+"\r\n", fmt.Sprint("192.0.2.1:5060 ", i))
	}
	f.all[1].Raw = bytes.Replace(f.all[1].Raw, []byte(";tag=t"), nil, 1)
	l := laddertest.Of(f.all)
	if len(l.Steps[1].Notes) != 1 || len(l.Steps[2].Notes) != 2 || l.Steps[2].Notes[1] != (ladder.Note{Kind: ladder.NoteChange, Text: "other codecs"}) {
		t.Errorf("notes %+v, then %+v", l.Steps[1].Notes, l.Steps[2].Notes)
	}
}

// Proofs of passwords, keys of media and what somebody wrote are not shown.
func TestSecrets(t *testing.T) {
	f := flow{t: t}
	f.send(0, "192.0.2.1:5060", "192.0.2.9:5060", invite, "1 INVITE",
		"Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"0123456789abcdef0123456789abcdef\"\r\n"+
			"Content-Type: application/sdp\r\n\r\nv=0\r\nm=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0a2V5\r\na=ice-pwd:hunter2hunter2\r\n", "192.0.2.1:5060 a")
	f.send(10, "192.0.2.1:5060", "192.0.2.9:5060", "MESSAGE sip:b@example.com SIP/2.0", "2 MESSAGE", "Content-Type: text/plain\r\n\r\nvery private", "192.0.2.1:5060 b")
	l := laddertest.Of(f.all)
	text := fmt.Sprintf("%+v", l)
	for _, secret := range []string{"0123456789abcdef", "c2VjcmV0a2V5", "hunter2", "private"} {
		if strings.Contains(text, secret) {
			t.Errorf("the ladder holds %q", secret)
		}
	}
	for _, shown := range []string{"username=\"alice\"", "AES_CM_128_HMAC_SHA1_80 inline:xxxx", "a=ice-pwd:xxxx", "with credentials", "text/plain, 14 bytes"} {
		if !strings.Contains(text, shown) {
			t.Errorf("the ladder does not hold %q", shown)
		}
	}
	l = ladder.Build(&ladder.Input{Record: &record.Message{Header: record.Header{CallID: "one"}}, Messages: f.all, ShowText: true})
	if !strings.Contains(l.Steps[1].Raw, "very private") {
		t.Error("what was written is hidden although it may be shown")
	}
}

// A record alone gives its hops, and says that it does.
func TestOfHops(t *testing.T) {
	c := &record.Call{
		Header: record.Header{CallID: "one", Start: t0}, Status: 486, Caller: record.Endpoint{Addr: "192.0.2.1:5060"},
		Hops: []record.Hop{
			{Src: "192.0.2.1:5060", Dst: "192.0.2.9:5060", Transport: "UDP", Status: 486, Delay: record.Between(t0, t0+30e6)},
			{Src: "192.0.2.9:5060", Dst: "192.0.2.2:5060", Transport: "UDP", Cancelled: true},
		},
		Cause: &record.Cause{Source: "sip", Explanation: "Busy."},
		Media: []record.Media{{Type: "audio", Codec: "PCMU", Addr: "192.0.2.1:40000", Direction: "sendrecv"}},
	}
	l := ladder.OfHops(c, nil)
	// The call was not answered: the record has the media of its offer.
	if len(l.Media) != 1 || l.Media[0].Offer != nil || l.Media[0].Answer != nil || len(l.Media[0].Last) != 1 || l.Media[0].Last[0].Addr != "192.0.2.1:40000" {
		t.Errorf("media: %+v", l.Media)
	}
	var got []string
	for i := range l.Steps {
		got = append(got, fmt.Sprintf("%d %d %s", l.Steps[i].From, l.Steps[i].To, l.Caption(&l.Steps[i])))
	}
	if diff := cmp.Diff([]string{"0 1 INVITE", "1 0 486", "1 2 INVITE", "1 2 CANCEL"}, got); diff != "" {
		t.Error(diff)
	}
	if l.Source != ladder.SourceHops || len(l.Remarks) == 0 || !l.Steps[1].Explains || l.Columns[0].Role != "caller" {
		t.Errorf("%+v", l)
	}
}

// The JSON form is the model, and reads back as it.
func TestJSON(t *testing.T) {
	l := laddertest.Ladder(t, "../..", "call-busy")
	var b strings.Builder
	if err := l.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	laddertest.Golden(t, "call-busy.json", b.String())
	var again ladder.Ladder
	if err := json.Unmarshal([]byte(b.String()), &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, &again); diff != "" {
		t.Error(diff)
	}
}

// Nothing on the wire makes a text of a ladder long, or more than a line.
func TestHostile(t *testing.T) {
	l := laddertest.Of(laddertest.Hostile())
	for i := range l.Steps {
		for _, n := range append(l.Steps[i].Notes, ladder.Note{Text: l.Caption(&l.Steps[i])}) {
			if len([]rune(n.Text)) > 700 || strings.ContainsAny(n.Text, "\n\x1b\u202e\u2066") {
				t.Errorf("a note %q", n.Text)
			}
		}
	}
}

// FuzzBuild builds a ladder of any bytes.
func FuzzBuild(f *testing.F) {
	for _, m := range laddertest.Hostile() {
		f.Add(m.Raw, m.Raw)
	}
	f.Fuzz(func(t *testing.T, one, two []byte) {
		a, b := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060")
		l := ladder.Build(&ladder.Input{Record: &record.Call{}, Messages: []ladder.Message{
			{Time: 1, Src: a, Dst: b, Raw: one}, {Time: 2, Src: b, Dst: a, Raw: two}, {Time: 3, Src: b, Raw: one},
		}})
		for i := range l.Steps {
			if s := &l.Steps[i]; s.From >= len(l.Columns) || s.To >= len(l.Columns) {
				t.Fatalf("%+v", s)
			}
		}
	})
}
