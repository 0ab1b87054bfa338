package app

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sipspan/internal/dev/sipgen"
)

// spike is a capture of two minutes in which a carrier refuses every call, over UDP and TCP and over IPv4 and IPv6.
func spike(t *testing.T) string { return calling(t, 0, 120, "503 Service Unavailable") }

// calling is a capture of one call a second, each with the same final response.
func calling(t *testing.T, first, last int, response string) string {
	var b strings.Builder
	b.WriteString("hosts: a=192.0.2.10 b=192.0.2.11 c=2001:db8::10 d=2001:db8::11\n")
	say := func(at float64, from, to, transport, text string) {
		fmt.Fprintf(&b, "@%.1f %s -> %s %s\n%s\n", at, from, to, transport, text)
	}
	for i := first; i < last; i++ {
		at, transport, from, to := float64(i), "udp", "a", "b"
		if i%2 == 1 {
			transport = "tcp"
		}
		if i%4 > 1 {
			from, to = "c", "d"
		}
		fields := func(cseq, toTag string) string {
			return fmt.Sprintf("Via: SIP/2.0/%s pbx.example.com;branch=z9hG4bK%d\nFrom: <sip:alice%d@example.com>;tag=f%d\nTo: <sip:bob%d@example.net>%s\n"+
				"Call-ID: call-%d@pbx\nCSeq: 1 %s\nMax-Forwards: 70\nContact: <sip:alice@pbx.example.com>\nContent-Length: 0\n", strings.ToUpper(transport), i, i, i, i, toTag, i, cseq)
		}
		say(at, from, to, transport, "INVITE sip:bob@example.net SIP/2.0\n"+fields("INVITE", ""))
		say(at+0.1, to, from, transport, "SIP/2.0 100 Trying\n"+fields("INVITE", ""))
		say(at+0.2, to, from, transport, "SIP/2.0 "+response+"\nReason: Q.850;cause=38;text=\"network out of order\"\n"+fields("INVITE", ";tag=t"))
		say(at+0.3, from, to, transport, "ACK sip:bob@example.net SIP/2.0\n"+fields("ACK", ";tag=t"))
	}
	f, err := sipgen.ParseFlow(b.String())
	check(t, err)
	var packets bytes.Buffer
	check(t, f.WriteCapture(&packets))
	name := filepath.Join(t.TempDir(), "spike.pcap")
	check(t, os.WriteFile(name, packets.Bytes(), 0o600))
	return name
}

// listener is a server that notes what it is told.
type listener struct {
	mu     sync.Mutex
	bodies []string
	came   chan struct{}
	url    string
}

func listening(t *testing.T) *listener {
	l := &listener{came: make(chan struct{}, 1000)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.bodies = append(l.bodies, r.URL.Path+" "+string(text))
		l.came <- struct{}{}
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	return l
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.bodies)
}

// linesOf returns the lines of a text that hold another one.
func linesOf(text, part string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

const isAlert = `{"record":"alert",`
