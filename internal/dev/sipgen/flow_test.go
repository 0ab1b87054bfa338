package sipgen

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

const twoHosts = "hosts: alice=192.0.2.10 bob=192.0.2.12:5070\n"

func parse(t *testing.T, text string) *Flow {
	t.Helper()
	f, err := ParseFlow(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFlowText(t *testing.T) {
	for _, test := range []struct{ name, step, want string }{
		{"headers only", "@0 alice -> bob udp\nA: 1\nB: 2\n", "A: 1\r\nB: 2\r\n\r\n"},
		{"blank line given", "@0 alice -> bob udp\nA: 1\n\n\n", "A: 1\r\n\r\n"},
		{"body", "@0 alice -> bob udp\nContent-Length: ?\n\nv=0\ns=-\n", "Content-Length: 10\r\n\r\nv=0\r\ns=-\r\n"},
		{"no body", "@0 alice -> bob udp\nContent-Length: ?\n", "Content-Length: 0\r\n\r\n"},
		{"LF only", "@0 alice -> bob udp lf\nContent-Length: ?\n\nv=0\n", "Content-Length: 4\n\nv=0\n"},
		{"verbatim", "@0 alice -> bob udp verbatim\nhalf\n", "half\r\n"},
		{"hex", "@0 alice -> bob udp hex\n0d0a 0d\n0a\n", "\r\n\r\n"},
		{"nothing", "@0 alice -> bob udp\n", ""},
		{"two messages", "@0 alice -> bob udp\nA: 1\nContent-Length: ?\n@+\nB: 2\n", "A: 1\r\nContent-Length: 0\r\n\r\nB: 2\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := parse(t, twoHosts+test.step)
			if got := string(f.Steps[0].Payload); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestFlowErrorsNameTheLine(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"hosts: alice\n", "flow line 1: host \"alice\""},
		{twoHosts + "speed: 9\n", "flow line 2: unknown setting \"speed\""},
		{twoHosts + "link: token-ring\n", "unknown link type"},
		{twoHosts + "tunnel: gtp 192.0.2.1\n", "two addresses are missing"},
		{twoHosts + "tunnel: vlan\n", "a number is missing"},
		{twoHosts + "format: ascii\n", "unknown format"},
		{twoHosts + "@0 alice bob udp\n", "flow line 2: a step reads"},
		{twoHosts + "@soon alice -> bob udp\n", "not a number of seconds"},
		{twoHosts + "@0 carol -> bob udp\n", "unknown host \"carol\""},
		{twoHosts + "@0 alice -> carol udp\n", "unknown host \"carol\""},
		{twoHosts + "@0 alice -> bob pigeon\n", "unknown transport"},
		{twoHosts + "@0 alice -> bob udp twice\n", "unknown option"},
		{twoHosts + "@0 alice -> bob udp order=1,x\n", "option \"order=1,x\""},
		{twoHosts + "@0 alice -> bob udp hex\nxyz\n", "step of line 2"},
		{twoHosts + "@0 alice -> bob udp order=1,2\nA: 1\n", "flow line 2: the step has 1 packets, no number 2"},
		{twoHosts + "@0 alice -> bob icmp\n", "flow line 2: there is no UDP packet to quote"},
		{"A: 1\n", "unknown setting \"A\""},
		{"word\n", "neither a setting nor a step"},
	} {
		if _, err := ParseFlow(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
}

// Packets carries what the options inject.
func TestFlowPackets(t *testing.T) {
	body := "@1 alice -> bob tcp %s\n" + strings.Repeat("0123456789", 10) + "\n"
	const head, wire = 14 + 20 + 20, 102 + 2 // Ethernet, IPv4, TCP; the line, CRLF and the blank line
	for _, test := range []struct {
		name, options string
		want          []int // payload bytes of the segments behind the handshake
	}{
		{"whole", "", []int{wire}},
		{"segments", "segments=10,20", []int{10, 20, wire - 30}},
		{"order", "segments=10,20 order=3,1,1", []int{wire - 30, 10, 10}},
		{"lost", "lost", nil},
		{"retransmit", "retransmit=0.5,1", []int{wire, wire, wire}},
		{"fin", "fin", []int{wire, 0}},
		{"rst", "rst", []int{wire, 0}},
		{"ack", "ack", []int{wire, 0}},
		{"trailer", "trailer=33", []int{wire + 33}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := parse(t, twoHosts+strings.Replace(body, "%s", test.options, 1))
			packets := f.Packets()
			if len(packets) < 3 {
				t.Fatalf("%d packets: no handshake", len(packets))
			}
			var got []int
			for _, p := range packets[3:] {
				got = append(got, len(p.Data)-head)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("payloads %v, want %v", got, test.want)
			}
		})
	}
	f := parse(t, twoHosts+"@0 alice -> bob tcp midstream\nA: 1\n")
	if n := len(f.Packets()); n != 1 {
		t.Errorf("mid stream: %d packets, want 1", n)
	}
}

func TestPacketsAreInOrderOfTime(t *testing.T) {
	f := parse(t, twoHosts+"@2 alice -> bob udp\nA: 1\n\n@1 bob -> alice udp retransmit=2\nB: 1\n")
	var got []time.Duration
	for _, p := range f.Packets() {
		got = append(got, time.Duration(p.Time-f.Start.UnixNano()))
	}
	if len(got) != 3 || got[0] != time.Second || got[1] != 2*time.Second || got[2] != 3*time.Second {
		t.Errorf("times %v", got)
	}
}

func TestLoadIsDeterministic(t *testing.T) {
	write := func(seed uint64) []byte {
		var b bytes.Buffer
		done, err := Load{Seed: seed, Messages: 2000, RTP: 2}.WriteCapture(&b)
		if err != nil || done.SIP != 2000 || done.Packets != 6000 {
			t.Fatalf("%+v, %v", done, err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(write(1), write(1)) {
		t.Error("the same seed gives other bytes")
	}
	if bytes.Equal(write(1), write(2)) {
		t.Error("another seed gives the same bytes")
	}
}

func TestLoadOfSomeTime(t *testing.T) {
	var calm, outage bytes.Buffer
	l := Load{Seed: 1, For: 10 * time.Minute, Rate: 1}
	done, err := l.WriteCapture(&calm)
	if err != nil || done.Duration < 9*time.Minute || done.Duration > 12*time.Minute || done.SIP < 2000 {
		t.Errorf("%v: %+v", err, done)
	}
	l.Outage = Period{3 * time.Minute, 6 * time.Minute}
	if _, err := l.WriteCapture(&outage); err != nil {
		t.Error(err)
	}
	refusal := []byte("SIP/2.0 503 Service Unavailable\r\n")
	if before, after := bytes.Count(calm.Bytes(), refusal), bytes.Count(outage.Bytes(), refusal); after < before+100 {
		t.Errorf("%d refusals with the outage, %d without", after, before)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	var sink bytes.Buffer
	for b.Loop() {
		sink.Reset()
		if _, err := (Load{Seed: 1, Messages: 10000}).WriteCapture(&sink); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(sink.Len()))
}
