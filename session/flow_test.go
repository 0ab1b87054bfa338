package session

import (
	"fmt"
	"net/netip"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

// A flow is written as one message a line:
//
//	0.25 a>b INVITE 1 via=x to=t      a request: time, way, method, CSeq number
//	0.50 b>a 180 INVITE 1 via=x to=t  a response
//
// Hosts a, b, ... are 192.0.2.1, 192.0.2.2, ...; a host may have a port (a:5070). Then come words: id= (Call-ID),
// from= and to= (tags), via= (branches, top first, the magic cookie added unless it begins with "-"; "-" alone is a Via
// without branch), uri=, fromuri=, touri=, body= and h=Name:value (with _ for blanks), sdp (a body; sdp=sendonly or another
// direction, sdp=0.0.0.0 or another address, sdp=message), says= (a body of testBody), gap (the capture lost something
// before it).
type flow string

const sdpBody = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"

// sdpOf returns a session description with a direction, an address or a kind of media.
func sdpOf(what string) string {
	switch what {
	case "":
		return sdpBody
	case "sendonly", "recvonly", "inactive", "sendrecv":
		return sdpBody + "a=" + what + "\r\n"
	case "message":
		return strings.Replace(sdpBody, "m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n", "m=message 5060 sip null\r\n", 1)
	}
	return strings.Replace(sdpBody, "c=IN IP4 192.0.2.1", "c=IN IP4 "+what, 1)
}

type flowMessage struct {
	meta        wire.Meta
	raw         []byte
	correlation string // that a capture agent gave it
}

const flowEpoch = 1_700_000_000_000_000_000

func (f flow) messages(t testing.TB) (list []flowMessage) {
	t.Helper()
	for _, line := range strings.Split(string(f), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		list = append(list, parseFlowLine(t, line))
	}
	return list
}

func flowHost(t testing.TB, s string) netip.AddrPort {
	t.Helper()
	name, port, ok := strings.Cut(s, ":")
	n := 5060
	if ok {
		n, _ = strconv.Atoi(port)
	}
	if len(name) != 1 || name[0] < 'a' || name[0] > 'z' {
		t.Fatalf("host %q", s)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, name[0] - 'a' + 1}), uint16(n))
}

func parseFlowLine(t testing.TB, line string) flowMessage {
	t.Helper()
	words := strings.Fields(line)
	seconds, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	src, dst, _ := strings.Cut(words[1], ">")
	m := flowMessage{meta: wire.Meta{Time: flowEpoch + int64(seconds*1e6+0.5)*1000, Src: flowHost(t, src), Dst: flowHost(t, dst)}}
	words = words[2:]
	status := 0
	if n, err := strconv.Atoi(words[0]); err == nil {
		status, words = n, words[1:]
	}
	method, cseq := words[0], words[1]
	o := map[string]string{"id": "c1", "from": "f", "to": "", "via": "v" + cseq + method, "fromuri": "sip:alice@example.com",
		"touri": "sip:bob@example.com", "uri": "sip:bob@example.com", "body": ""}
	if method == "ACK" || method == "CANCEL" {
		o["via"] = "v" + cseq + "INVITE"
	}
	var headers strings.Builder
	for _, w := range words[2:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "cid":
			m.correlation = value
		case "gap":
			m.meta.Flags |= record.TCPGap
		case "sdp":
			o["body"] = sdpOf(value)
			headers.WriteString("Content-Type: application/sdp\r\n")
		case "h":
			field, v, _ := strings.Cut(value, ":")
			fmt.Fprintf(&headers, "%s: %s\r\n", field, strings.ReplaceAll(v, "_", " "))
		case "says":
			o["body"], value = testBody(t, value)
			headers.WriteString("Content-Type: " + value + "\r\n")
		default:
			if _, ok := o[name]; !ok {
				t.Fatalf("%q: unknown word %q", line, w)
			}
			o[name] = value
		}
	}
	var b strings.Builder
	if status != 0 {
		fmt.Fprintf(&b, "SIP/2.0 %d Reason %d\r\n", status, status)
	} else {
		fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", method, o["uri"])
	}
	for _, branch := range strings.Split(o["via"], ",") {
		switch {
		case branch == "-":
			fmt.Fprintf(&b, "Via: SIP/2.0/UDP host.example.com:5060\r\n")
		case branch[0] == '-':
			fmt.Fprintf(&b, "Via: SIP/2.0/UDP host.example.com:5060;branch=%s\r\n", branch[1:])
		default:
			fmt.Fprintf(&b, "Via: SIP/2.0/UDP host.example.com:5060;branch=z9hG4bK%s\r\n", branch)
		}
	}
	tag := func(s string) string {
		if s == "" {
			return ""
		}
		return ";tag=" + s
	}
	fmt.Fprintf(&b, "From: \"A\" <%s>%s\r\nTo: <%s>%s\r\nCall-ID: %s\r\nCSeq: %s %s\r\n", o["fromuri"], tag(o["from"]), o["touri"], tag(o["to"]),
		o["id"], cseq, method)
	fmt.Fprintf(&b, "%sContent-Length: %d\r\n\r\n%s", headers.String(), len(o["body"]), o["body"])
	m.raw = []byte(b.String())
	return m
}

// harness runs trackers into a correlator and keeps what comes out.
type harness struct {
	tb         testing.TB
	cfg        shard.Config
	trackers   []*Tracker
	counters   stats.Counters
	correlator *correlate.Correlator
	records    []record.Record
	message    sip.Message
	cases      notebook
	last       int64
}

// correlation returns what the correlator is told of a configuration, as the pipeline does.
func correlation(c *shard.Config) correlate.Config {
	return correlate.Config{
		TopUserAgents: c.TopUserAgents, TopDomains: c.TopDomains, MaxRegistrations: c.MaxRegistrations,
		MaxRegistrationBytes: c.MaxRegistrationBytes, MaxResources: c.MaxResources, T1: c.T1,
		ChallengeWindow: c.ChallengeWindow, RegistrationWait: c.RegistrationWait, FlapChanges: c.FlapChanges, FlapWindow: c.FlapWindow,
		RelatedMedia: c.RelatedMedia, RelatedWindow: c.RelatedWindow, RelatedWait: c.RelatedWait,
	}
}

func newHarness(tb testing.TB, shards int, change func(*shard.Config)) *harness {
	h := &harness{tb: tb, cfg: shard.DefaultConfig()}
	h.cases.tb = tb
	if change != nil {
		change(&h.cfg)
	}
	h.correlator = correlate.New(correlation(&h.cfg), func(r record.Record) {
		r.Head().Locate(nil, r.Head().Correlation)
		h.records = append(h.records, r)
	})
	for range shards {
		h.trackers = append(h.trackers, New(h.cfg, &h.counters, h.correlator))
		h.trackers[len(h.trackers)-1].Explainer = &h.cases
	}
	return h
}

func (h *harness) handle(m *flowMessage) {
	shard := 0
	for _, c := range sip.PeekCallID(m.raw) {
		shard = (shard*31 + int(c)) % len(h.trackers)
	}
	raw := append([]byte(nil), m.raw...)
	if err := h.message.Parse(raw); err != nil {
		h.trackers[shard].Malformed(&m.meta, h.message.Faults)
		return
	}
	correlation := []byte(m.correlation)
	h.trackers[shard].HandleCorrelated(&m.meta, &h.message, correlation)
	for _, borrowed := range [][]byte{raw, correlation} {
		for i := range borrowed {
			borrowed[i] = 0xCC // nobody may have kept it
		}
	}
	h.last = max(h.last, m.meta.Time)
}

func (h *harness) close() []record.Record {
	for _, t := range h.trackers {
		t.Close(h.last)
	}
	h.correlator.Advance(h.last)
	h.correlator.Close()
	return h.records
}

// idle lets time pass without messages.
func (h *harness) idle(seconds float64) {
	h.last += int64(seconds * 1e9)
	for _, t := range h.trackers {
		t.Advance(h.last)
	}
}

// run returns the records of a flow, with idle seconds behind its last message.
func (f flow) run(tb testing.TB, idle float64) []record.Record {
	records := f.runWith(tb, idle, false)
	if diff := cmp.Diff(lines(f.runWith(tb, idle, true)), lines(records)); diff != "" {
		tb.Errorf("packed sessions come to something else: -never packed +packed\n%s", diff)
	}
	return records
}

func (f flow) runWith(tb testing.TB, idle float64, awake bool) []record.Record {
	h := newHarness(tb, 1, nil)
	h.trackers[0].idles = idles{never: awake, immediate: !awake} // else what waits is packed at once
	for _, m := range f.messages(tb) {
		h.handle(&m)
		if awake {
			h.checkPacked()
		}
	}
	h.idle(idle)
	return h.close()
}

// checkPacked packs and unpacks everything that is open, and compares.
func (h *harness) checkPacked() {
	h.tb.Helper()
	for _, g := range h.trackers[0].groups.busy {
		if g != nil && len(g.Subscriptions) == 0 {
			checkPacked(h.tb, h.trackers[0], g)
		}
	}
}

// lines writes records for comparison, sorted.
func lines(records []record.Record) []string {
	list := make([]string, len(records))
	for i, r := range records {
		list[i] = string(r.AppendJSON(nil))
	}
	sort.Strings(list)
	return list
}

// summary writes what a record came to in one line.
func summary(r record.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Kind(), r.Head().CallID)
	ms := func(name string, e record.Elapsed) {
		if e.Known {
			fmt.Fprintf(&b, " %s=%g", name, e.Milliseconds())
		}
	}
	set := func(name string, is bool) {
		if is {
			b.WriteString(" " + name)
		}
	}
	switch r := r.(type) {
	case *record.Call:
		fmt.Fprintf(&b, " %s %d", r.Disposition, r.Status)
		ms("setup", r.Setup)
		ms("srd", r.SRD)
		ms("ring", r.Ring)
		ms("duration", r.Duration)
		ms("sdd", r.SDD)
		if r.ReleasedBy != "" {
			b.WriteString(" by=" + r.ReleasedBy)
		}
		set("challenged", r.Challenged)
		set("ack_missing", r.AckMissing)
		b.WriteString(" hops=")
		for i, hop := range r.Hops {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%s>%s:%d", lastOctet(hop.Src), lastOctet(hop.Dst), hop.Status)
		}
		b.WriteString(" forks=")
		for i, f := range r.Forks {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%s:%d", f.ToTag, f.Status)
			if f.Cancelled {
				b.WriteByte('x')
			}
		}
		fmt.Fprintf(&b, " messages=%d", r.Messages)
		if r.Retransmissions > 0 {
			fmt.Fprintf(&b, " retransmissions=%d", r.Retransmissions)
		}
		if r.InstantMessages > 0 {
			fmt.Fprintf(&b, " im=%d", r.InstantMessages)
		}
		for _, x := range r.Related { // of the others, see dealings
			if x.Relation == correlate.RelationChallengedRetry || x.Relation == correlate.RelationChallengedTry {
				fmt.Fprintf(&b, " %s=%s", x.Relation, x.CallID)
			}
		}
	case *record.Registration:
		fmt.Fprintf(&b, " %s %d expires=%d contacts=%s", r.Outcome, r.Status, r.Expires, strings.Join(r.Contacts, ","))
		ms("rrd", r.RRD)
		set("challenged", r.Challenged)
	case *record.Subscription:
		fmt.Fprintf(&b, " %s %s %d state=%s expires=%d notifies=%d", r.Event, r.Outcome, r.Status, r.State, r.Expires, r.Notifies)
		if r.NotifyFailures > 0 {
			fmt.Fprintf(&b, " failed=%d", r.NotifyFailures)
		}
		fmt.Fprintf(&b, " refreshes=%d", r.Refreshes)
		ms("first", r.FirstNotify)
		if r.TerminatedReason != "" {
			b.WriteString(" reason=" + r.TerminatedReason)
		}
		set("challenged", r.Challenged)
		set("piggybacked", r.Piggybacked)
		b.WriteString(eventSummary(r))
	case *record.Publication:
		fmt.Fprintf(&b, " %s %s %d etag=%s", r.Event, r.Outcome, r.Status, r.ETag)
	case *record.Message:
		fmt.Fprintf(&b, " %d size=%d type=%s text=%s", r.Status, r.Size, r.ContentType, r.Text)
		set("challenged", r.Challenged)
	case *record.Transaction:
		fmt.Fprintf(&b, " %s %d", r.Method, r.Status)
		set("timeout", r.Timeout)
		set("challenged", r.Challenged)
	case *record.Failure:
		fmt.Fprintf(&b, " %s %d origin=%s cause=%s:%s", r.Method, r.Status, lastOctet(r.Origin), r.Cause.Source, r.Cause.Code)
	}
	for _, f := range []struct {
		flag record.Flags
		name string
	}{
		{record.MidStream, "mid_stream"}, {record.OneWay, "one_way"}, {record.TableFull, "table_full"}, {record.TCPGap, "tcp_gap"},
	} {
		set(f.name, r.Head().Confidence.Flags&f.flag != 0)
	}
	return b.String()
}

func lastOctet(addr string) string {
	host, port, _ := strings.Cut(addr, ":")
	if i := strings.LastIndexByte(host, '.'); i >= 0 {
		host = host[i+1:]
	}
	if n, err := strconv.Atoi(host); err == nil && n <= 26 && n > 0 {
		host = string(rune('a' + n - 1))
	}
	if port != "5060" && port != "" {
		host += ":" + port
	}
	return host
}

func summaries(records []record.Record) []string {
	list := make([]string, len(records))
	for i, r := range records {
		list[i] = summary(r)
	}
	return list
}
