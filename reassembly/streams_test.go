package reassembly

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/packet"
)

const (
	fin = packet.FIN
	syn = packet.SYN
	rst = packet.RST
)

func TestStreams(t *testing.T) {
	tests := []struct {
		name     string
		steps    []step
		up, down string   // bytes shown, | at gaps
		events   []string // before the end of the capture
		mid      int      // connections joined without their SYN
	}{
		{
			name: "handshake, both ways, close",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "INVITE"), Taken},
				step{0, down(901, 107, 0, "200"), Taken},
				step{0, up(107, 904, fin, ""), Control},
				step{0, down(904, 108, fin, ""), Control},
				step{0, up(108, 905, 0, ""), Control}),
			up: "INVITE", down: "200", events: []string{"40000 fin", "5060 fin"},
		},
		{
			name: "half-close: the other side goes on",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, fin, "bye"), Taken},
				step{0, down(901, 105, 0, "still"), Taken},
				step{0, down(906, 105, 0, " here"), Taken},
				step{0, up(105, 911, 0, "late"), Refused}),
			up: "bye", down: "still here", events: []string{"40000 fin"},
		},
		{
			name: "out of order and repeated",
			steps: append(handshake(100, 900),
				step{0, up(104, 901, 0, "def"), Held},
				step{0, up(107, 901, 0, "ghi"), Held},
				step{0, up(107, 901, 0, "ghi"), Duplicate},
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(101, 901, 0, "abc"), Duplicate}),
			up: "abcdefghi",
		},
		{
			name: "overlap: the first bytes win",
			steps: append(handshake(100, 900),
				step{0, up(103, 901, 0, "CD"), Held},
				step{0, up(106, 901, 0, "F"), Held},
				step{0, up(102, 901, 0, "bcdefg"), Held},
				step{0, up(101, 901, 0, "aBC"), Taken},
				step{0, up(105, 901, 0, "EFGhi"), Taken}),
			up: "aBCDeFghi",
		},
		{
			name: "lost, and acknowledged by the other side",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(107, 901, 0, "ghi"), Held},
				step{0, down(901, 104, 0, ""), Control},
				step{0, down(901, 110, 0, ""), Control}),
			up: "abc|ghi", events: []string{"40000 gap 3"},
		},
		{
			name: "lost, acknowledged before anything follows",
			steps: append(handshake(100, 900),
				step{0, down(901, 104, 0, ""), Control},
				step{0, up(104, 901, 0, "def"), Held}),
			up: "|def", events: []string{"40000 gap 3"},
		},
		{
			name: "the acknowledgement was captured before the segment",
			steps: append(handshake(100, 900),
				step{0, down(901, 104, 0, ""), Control},
				step{0, up(101, 901, 0, "abc"), Taken}),
			up: "abc",
		},
		{
			name: "lost for the gap timeout",
			steps: append(handshake(100, 900),
				step{0, up(107, 901, 0, "ghi"), Held},
				step{5 * second, up(110, 901, 0, "jkl"), Held},
				step{5*second + 1, up(113, 901, 0, "mno"), Taken}),
			up: "|ghijklmno", events: []string{"40000 gap 6"},
		},
		{
			name: "the last segment before the FIN lost",
			steps: append(handshake(100, 900),
				step{0, up(104, 901, fin, ""), Control},
				step{0, down(901, 105, 0, ""), Control}),
			up: "|", events: []string{"40000 gap 3", "40000 fin"},
		},
		{
			name: "connection open before the capture",
			steps: []step{
				{0, up(7000, 3000, 0, ""), Control},
				{0, down(3000, 7000, 0, "NOTIFY"), Taken},
				{0, up(7000, 3006, 0, "200"), Taken},
			},
			up: "200", down: "NOTIFY", mid: 1,
		},
		{
			name: "SYN not captured, its answer is",
			steps: []step{
				{0, down(900, 101, syn, ""), Control},
				{0, up(104, 901, 0, "def"), Held},
				{0, up(101, 901, 0, "abc"), Taken},
			},
			up: "abcdef",
		},
		{
			name: "SYN captured behind its answer",
			steps: []step{
				{0, down(900, 101, syn, ""), Control},
				{0, up(100, 0, syn, ""), Control},
				{0, up(101, 901, 0, "abc"), Taken},
			},
			up: "abc",
		},
		{
			name: "SYN repeated",
			steps: append([]step{{0, up(100, 0, syn, ""), Control}},
				append(handshake(100, 900), step{0, up(101, 901, 0, "abc"), Taken})...),
			up: "abc",
		},
		{
			name: "SYN with payload (TCP Fast Open)",
			steps: []step{
				{0, up(100, 0, syn, "abc"), Taken},
				{0, down(900, 104, syn, ""), Control},
				{0, up(104, 901, 0, "def"), Taken},
			},
			up: "abcdef",
		},
		{
			name: "same addresses and ports again",
			steps: append(append(handshake(100, 900),
				step{0, up(101, 901, 0, "one"), Taken}),
				append(handshake(50000, 70000),
					step{0, up(50001, 70001, 0, "two"), Taken})...),
			up: "onetwo", events: []string{"40000 replaced", "5060 replaced"},
		},
		{
			name: "again after a close",
			steps: append(append(handshake(100, 900),
				step{0, up(101, 901, fin, "one"), Taken},
				step{0, down(901, 105, fin, ""), Control}),
				append(handshake(50000, 70000),
					step{0, up(50001, 70001, 0, "two"), Taken})...),
			up: "onetwo", events: []string{"40000 fin", "5060 fin"},
		},
		{
			name: "reset",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(107, 901, 0, "ghi"), Held},
				step{0, down(901, 104, rst, ""), Control},
				step{0, up(110, 901, 0, "jkl"), Refused}),
			up: "abc|ghi", events: []string{"40000 gap 3", "40000 reset", "5060 reset"},
		},
		{
			name: "reset out of the window has no effect",
			steps: append(handshake(100, 900),
				step{0, down(5<<20, 101, rst, ""), Control},
				step{0, up(101, 901, 0, "abc"), Taken}),
			up: "abc",
		},
		{
			name: "connection refused",
			steps: []step{
				{0, up(100, 0, syn, ""), Control},
				{0, down(0, 101, rst, ""), Control},
				{second, up(100, 0, syn, ""), Control},
				{second, down(0, 101, rst, ""), Control},
			},
			events: []string{"40000 refused"},
		},
		{
			name: "connection unanswered",
			steps: []step{
				{0, up(100, 0, syn, ""), Control},
				{64 * second, up(100, 0, syn, ""), Control},
				{140 * second, segmentOf(server, server, 1, 0, 0, ""), Control},
			},
			events: []string{"40000 unanswered"},
		},
		{
			name: "idle",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{1801 * second, up(104, 901, 0, "def"), Taken}),
			up: "abcdef", events: []string{"40000 timeout", "5060 timeout"}, mid: 1,
		},
		{
			name: "keep-alive probes, with and without a byte of old data",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(103, 901, 0, ""), Control},
				step{0, up(103, 901, 0, "x"), Duplicate},
				step{0, down(901, 104, 0, ""), Control},
				step{0, up(104, 901, 0, "def"), Taken}),
			up: "abcdef",
		},
		{
			name: "zero window: the byte of a probe is sent again",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(104, 901, 0, "d"), Taken},
				step{0, down(901, 104, 0, ""), Control},
				step{0, up(104, 901, 0, "def"), Taken}),
			up: "abcdef",
		},
		{
			name: "sequence numbers wrap",
			steps: append(handshake(0xfffffffd, 0xffffffff),
				step{0, up(1, 0, 0, "def"), Held},
				step{0, up(0xfffffffe, 0, 0, "abc"), Taken},
				step{0, down(0, 4, 0, "xyz"), Taken},
				step{0, up(4, 3, fin, ""), Control}),
			up: "abcdef", down: "xyz", events: []string{"40000 fin"},
		},
		{
			name: "one segment astray is refused, two are a long gap",
			steps: append(handshake(100, 900),
				step{0, up(101, 901, 0, "abc"), Taken},
				step{0, up(104+9<<20, 901, 0, "pqr"), Refused},
				step{0, up(104, 901, 0, "def"), Taken},
				step{0, up(107+2<<20, 901, 0, "stu"), Refused},
				step{0, up(110+2<<20, 901, 0, "vwx"), Taken}),
			up: "abcdef|vwx", events: []string{"40000 gap 2097155"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCollector(t)
			s := NewStreams(DefaultConfig().TCP, c)
			for i, step := range tt.steps {
				if got := s.Add(step.at, step.p); got != step.fate {
					t.Errorf("step %d (seq %d): fate %v, want %v", i, step.p.TCP.Seq, got, step.fate)
				}
			}
			events := c.events
			if got := string(c.bytes[client.String()]); got != tt.up {
				t.Errorf("client sent %q, want %q", got, tt.up)
			}
			if got := string(c.bytes[server.String()]); got != tt.down {
				t.Errorf("server sent %q, want %q", got, tt.down)
			}
			if diff := cmp.Diff(tt.events, events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if got := s.Stats().MidStream; got != uint64(tt.mid) {
				t.Errorf("%d connections joined in mid-stream, want %d", got, tt.mid)
			}
			s.Close(0)
			checkEmpty(t, s)
		})
	}
}

// checkEmpty checks that nothing is held by a Streams that was closed.
func checkEmpty(t *testing.T, s *Streams) {
	t.Helper()
	if st := s.Stats(); st.Active != 0 || st.HeldBytes != 0 {
		t.Errorf("after Close: %d connections, %d bytes held", st.Active, st.HeldBytes)
	}
	if s.gaps.first != nil || s.partials.first != nil {
		t.Error("after Close: a queue is still listed")
	}
}
