package sipgen

import (
	"bytes"
	"cmp"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/decode/sip"
	"sipspan/internal/packet"
)

// Small runs of the workloads: what was written is what our own readers find, and has the shares that were asked for.
func TestWorkloadsHoldWhatTheyPromise(t *testing.T) {
	for name, test := range map[string]struct {
		scale func(*Load)
		check func(*testing.T, Written, content)
	}{
		"udp": {func(l *Load) { l.Messages, l.Rate = 20_000, 40 }, func(t *testing.T, w Written, c content) {
			wantCount(t, "messages", c.messages, w.SIP+w.Again)
			wantCount(t, "messages over IPv6", c.ipv6, w.IPv6+c.again6)
			wantShare(t, "IPv6", w.IPv6, w.SIP, 0.035, 0.065)
			wantShare(t, "sent again", w.Again, w.SIP, 0.007, 0.013)
			// 1,574 calls a second of those 2,000 sessions, 60 s each.
			wantShare(t, "open calls", w.Open, 40*60, 0.6, 0.85)
			wantShare(t, "long INVITEs", c.longest, 1472, 0.75, 1)
		}},
		"tcp": {func(l *Load) { l.Messages, l.Rate = 20_000, 40 }, func(t *testing.T, w Written, c content) {
			wantCount(t, "messages", c.messages, w.SIP)
			wantCount(t, "segments", c.segments, w.Segments+w.Again)
			wantCount(t, "in the wrong order", c.early, w.Swapped)
			wantShare(t, "segments of a message", w.Segments, w.SIP, 1.6, 1.8)
			wantShare(t, "swapped", w.Swapped, w.Segments, 0.0049, 0.0051)
			wantShare(t, "sent again", w.Again, w.Segments, 0.0048, 0.0051)
		}},
		"span": {func(l *Load) { l.Messages = 2000 }, func(t *testing.T, w Written, c content) {
			wantCount(t, "packets", w.Packets, 40_000)
			wantCount(t, "messages", c.messages, 2000)
			wantShare(t, "RTP", c.rtp, w.Packets, 0.93, 0.95)
		}},
		"open": {func(l *Load) { l.Standing.Calls, l.Rate = 500, 100 }, func(t *testing.T, w Written, c content) {
			wantCount(t, "messages", c.messages, 5000)
			wantCount(t, "open calls", w.Open, 500)
			wantCount(t, "Call-IDs", len(c.calls), 500)
			for id, n := range c.calls {
				wantCount(t, id, n, 10)
			}
		}},
		"change": {func(l *Load) { l.Standing.Calls, l.Standing.Changes = 500, 300 }, func(t *testing.T, w Written, c content) {
			wantCount(t, "messages", c.messages, 500*3+300*10)
			wantCount(t, "Call-IDs", len(c.calls), 800)
			wantCount(t, "BYEs", c.byes, 300)
			wantShare(t, "open calls", w.Open, 500, 1, 1.01)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			load := Workloads()[name]
			test.scale(&load)
			var file bytes.Buffer
			written, err := load.WriteCapture(&file)
			if err != nil {
				t.Fatal(err)
			}
			test.check(t, written, readBack(t, file.Bytes()))

			var again bytes.Buffer
			if _, err := load.WriteCapture(&again); err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
				t.Errorf("a second run wrote other bytes (%v)", err)
			}
		})
	}
}

func wantCount(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

func wantShare(t *testing.T, what string, part, whole int, least, most float64) {
	t.Helper()
	if share := float64(part) / float64(whole); share < least || share > most {
		t.Errorf("%s: %d of %d, a share of %.4f, want %.4f to %.4f", what, part, whole, share, least, most)
	}
}

// content is what our own readers find in a capture.
type content struct {
	messages, ipv6, byes, rtp int
	again6                    int // messages over IPv6 that came before
	longest                   int // octets of the longest message
	calls                     map[string]int
	segments, early           int // with payload; and those that come before the one they follow
}

// part is a segment of one direction of a connection.
type part struct {
	seq     uint32
	payload []byte
}

func readBack(t *testing.T, file []byte) content {
	t.Helper()
	path := filepath.Join(t.TempDir(), "load.pcap")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := pcapfile.Open([]string{path}, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	c := content{calls: map[string]int{}}
	seen := map[string]bool{}
	streams := map[[2]netip.AddrPort][]part{}
	var f capture.Frame
	var p packet.Packet
	var last int64
	for source.Next(&f) == nil {
		if f.Time < last {
			t.Fatalf("packet %d is earlier than the one before", f.Number)
		}
		last = f.Time
		switch verdict := p.Walk(uint16(f.Link), f.Data); {
		case len(f.Data) > 1514:
			t.Fatalf("packet %d has %d octets, more than Ethernet carries", f.Number, len(f.Data))
		case verdict == packet.VerdictTCP && len(p.Payload) > 0:
			key := [2]netip.AddrPort{p.Src, p.Dst}
			streams[key] = append(streams[key], part{p.TCP.Seq, bytes.Clone(p.Payload)})
			c.segments++
		case verdict == packet.VerdictTCP && p.TCP.Flags&packet.SYN != 0:
			key := [2]netip.AddrPort{p.Src, p.Dst}
			streams[key] = append(streams[key], part{seq: p.TCP.Seq + 1})
		case verdict == packet.VerdictTCP:
		case verdict != packet.VerdictUDP:
			t.Fatalf("packet %d is read as %v", f.Number, verdict)
		case p.Src.Port() < 5060 || p.Src.Port() > 5066:
			c.rtp++
		default:
			c.message(t, p.Payload, false)
			if p.Src.Addr().Is6() {
				c.ipv6++
				if seen[string(p.Payload)] {
					c.again6++
				}
				seen[string(p.Payload)] = true
			}
		}
	}
	for _, parts := range streams {
		c.stream(t, parts)
	}
	return c
}

// message reads one message and counts it.
func (c *content) message(t *testing.T, text []byte, stream bool) {
	t.Helper()
	var m sip.Message
	read := m.Parse
	if stream {
		read = m.ParseStream
	}
	if err := read(text); err != nil || m.Check() != 0 {
		t.Fatalf("a message that is not well-formed: %v, %v\n%s", err, m.Check(), text)
	}
	c.messages++
	c.calls[string(m.CallID())]++
	c.longest = max(c.longest, len(text))
	if m.Request && m.Method == sip.BYE {
		c.byes++
	}
}

// stream puts one direction of a connection together and counts its messages.
func (c *content) stream(t *testing.T, parts []part) {
	t.Helper()
	end := parts[0].seq
	for i, p := range parts {
		if i > 0 && int32(p.seq-end) > 0 {
			c.early++
		}
		if next := p.seq + uint32(len(p.payload)); i == 0 || int32(next-end) > 0 {
			end = next
		}
	}
	first := slices.MinFunc(parts, func(a, b part) int { return int(int32(a.seq - b.seq)) }).seq
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.seq-first, b.seq-first) })
	var stream []byte
	for _, p := range parts {
		switch at := int(p.seq - first); {
		case at == len(stream):
			stream = append(stream, p.payload...)
		case at < len(stream): // sent again
		default:
			t.Fatalf("a stream has a hole of %d octets", at-len(stream))
		}
	}
	for len(stream) > 0 {
		n, kind := sip.Frame(stream)
		if kind != sip.FrameComplete {
			t.Fatalf("a stream goes on with %q", stream[:min(len(stream), 60)])
		}
		c.message(t, stream[:n], true)
		stream = stream[n:]
	}
}
