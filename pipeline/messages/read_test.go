package messages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// frames is a source of frames in memory.
type frames struct{ rest []capture.Frame }

func (s *frames) Next(f *capture.Frame) error {
	if len(s.rest) == 0 {
		return io.EOF
	}
	*f, s.rest = s.rest[0], s.rest[1:]
	return nil
}

func framesOf(t *testing.T, text string) []capture.Frame {
	t.Helper()
	flow, err := sipgen.ParseFlow(text)
	if err != nil {
		t.Fatal(err)
	}
	var all []capture.Frame
	for i, p := range flow.Packets() {
		all = append(all, capture.Frame{
			Time: p.Time, Data: p.Data, Length: len(p.Data), Link: capture.LinkType(flow.Framing.Link), Input: 7, Number: uint64(i + 1),
		})
	}
	return all
}

func read(t *testing.T, all []capture.Frame, chosen func(callID []byte) bool) (found []Message) {
	t.Helper()
	err := Read(t.Context(), Settings{Reassembly: reassembly.DefaultConfig()}, &frames{all}, chosen, func(m Message) error {
		found = append(found, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func everyone([]byte) bool { return true }

// tell writes down which frames carried what.
func tell(all []Message) string {
	var b strings.Builder
	for _, m := range all {
		line, _, _ := strings.Cut(string(m.Bytes), " ")
		if m.Copy {
			line = "copy"
		}
		fmt.Fprint(&b, line)
		for _, p := range m.Packets {
			fmt.Fprintf(&b, " %d", p.Number)
			if p.Copy {
				b.WriteByte('c')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// message returns a request of some 400 bytes.
func message(method, callID string) string {
	return method + " sip:b SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + callID + "\nFrom: <sip:a@example.com>;tag=1\nTo: <sip:b>\nCall-ID: " + callID +
		"\nCSeq: 1 " + method + "\nSubject: " + strings.Repeat("s", 200) + "\nContent-Length: 0\n\n"
}

func TestPackets(t *testing.T) {
	for name, tt := range map[string]struct{ flow, want string }{
		"datagram":              {"@0 a -> b udp\n" + message("OPTIONS", "1"), "OPTIONS 1\n"},
		"of another call":       {"@0 a -> b udp\n" + message("OPTIONS", "2") + "@1 a -> b udp\n" + message("INFO", "1"), "INFO 2\n"},
		"fragments":             {"@0 a -> b udp fragment=200 order=2,1\n" + message("OPTIONS", "1"), "OPTIONS 1 2\n"},
		"copied fragment":       {"@0 a -> b udp fragment=200 order=1,1,2\n" + message("OPTIONS", "1"), "OPTIONS 1 2c 3\n"},
		"fragment once more":    {"@0 a -> b udp fragment=200 order=1,2,2\n" + message("OPTIONS", "1"), "OPTIONS 1 2\ncopy 3c\n"},
		"segments":              {"@0 a -> b tcp segments=100,100\n" + message("OPTIONS", "1"), "OPTIONS 4 5 6\n"},
		"segments in disorder":  {"@0 a -> b tcp segments=100,100 order=3,1,2\n" + message("OPTIONS", "1"), "OPTIONS 4 5 6\n"},
		"segment twice":         {"@0 a -> b tcp segments=100,100 order=1,1,2,3,2\n" + message("OPTIONS", "1"), "OPTIONS 4 5c 6 7\ncopy 8c\n"},
		"two in one segment":    {"@0 a -> b tcp\n" + message("OPTIONS", "1") + "@+\n" + message("INFO", "1"), "OPTIONS 4\nINFO 4\n"},
		"the second in segment": {"@0 a -> b tcp segments=100\n" + message("OPTIONS", "2") + "@+\n" + message("INFO", "1"), "INFO 5\n"},
		"WebSocket":             {"@0 a -> b ws frames=100,100 ping\n" + message("OPTIONS", "1"), "OPTIONS 6\n"},
		"SCTP chunks":           {"@0 a -> b sctp chunks=200\n" + message("OPTIONS", "1"), "OPTIONS 5 6\n"},
	} {
		all := framesOf(t, "hosts: a=192.0.2.1 b=192.0.2.2\n\n"+tt.flow)
		found := read(t, all, func(id []byte) bool { return string(id) == "1" })
		if got := tell(found); got != tt.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, tt.want)
		}
		for _, m := range found {
			if m.Packets[0].Input != 7 || m.CallID != "1" || m.Time == 0 || !m.Copy && (m.Src.String() != "192.0.2.1:5060" && m.Transport != wire.WS) {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
}

// TestFramesAreEnough reads, for each message of every scenario that came in datagrams, only the frames that are named: they must hold
// that message.
func TestFramesAreEnough(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scenarios", err)
	}
	checked := 0
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name != "flow" {
				continue
			}
			all := framesOf(t, string(f.Data))
			for _, m := range read(t, all, everyone) {
				if len(m.Packets) == 0 {
					t.Errorf("%s: no frame carried %q", path, m.Bytes)
				}
				if m.Copy || m.Transport != wire.UDP && m.Transport != wire.SCTP {
					continue
				}
				var only []capture.Frame
				for _, p := range m.Packets {
					only = append(only, all[p.Number-1])
				}
				again := read(t, only, everyone)
				if len(again) != 1 || string(again[0].Bytes) != string(m.Bytes) {
					t.Errorf("%s: frames %v do not hold %q alone", path, m.Packets, m.Bytes)
				}
				checked++
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d messages were read again", checked)
	}
}

func TestReadEnds(t *testing.T) {
	all := framesOf(t, "hosts: a=192.0.2.1 b=192.0.2.2\n\n@0 a -> b udp repeat=3,1\n"+message("OPTIONS", "{n}"))
	broken, n := errors.New("broken"), 0
	err := Read(t.Context(), Settings{Reassembly: reassembly.DefaultConfig()}, &frames{all}, everyone, func(Message) error {
		n++
		return broken
	})
	if !errors.Is(err, broken) || n != 1 {
		t.Errorf("%v after %d messages", err, n)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Read(ctx, Settings{Reassembly: reassembly.DefaultConfig()}, &frames{all}, everyone, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
