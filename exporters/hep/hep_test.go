package hep

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/decode/hep"
	"sipspan/internal/wire"
	"sipspan/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var meta = wire.Meta{
	Time: 1700000000_123456789, Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5061"), Transport: wire.TLS,
	Flags: record.TCPGap,
}

func sender(t *testing.T, c Config) *Sender {
	t.Helper()
	check(t, c.Validate())
	s, err := Open(c, "probe", slog.New(slog.DiscardHandler))
	check(t, err)
	return s
}

// readStream returns the payloads of n packets of a connection.
func readStream(t *testing.T, c net.Conn, n int) (all []string) {
	t.Helper()
	head := make([]byte, hep.Header)
	for range n {
		_, err := io.ReadFull(c, head)
		check(t, err)
		b := make([]byte, hep.Length(head))
		copy(b, head)
		_, err = io.ReadFull(c, b[hep.Header:])
		check(t, err)
		all = append(all, payload(t, b))
	}
	return all
}

func payload(t *testing.T, b []byte) string {
	t.Helper()
	var p hep.Packet
	if f := p.Parse(b); f != hep.Whole {
		t.Fatal(f)
	}
	if p.Src != meta.Src || p.Dst != meta.Dst || p.Time != meta.Time || p.Node != 9 || string(p.NodeName) != "probe" || string(p.Key) != "key" ||
		string(p.Correlation) != "of all" || p.IPProtocol != hep.IPProtocolTLS || p.Details != (hep.Details{Transport: uint8(wire.TLS), Flags: uint32(record.TCPGap)}) {
		t.Errorf("%+v", p)
	}
	return string(p.Payload)
}

// TestDestinations sends over UDP, TCP and TLS at the same time.
func TestDestinations(t *testing.T) {
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(t, err)
	defer u.Close()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer plain.Close()
	server := httptest.NewUnstartedServer(nil) // for its certificate
	server.StartTLS()
	config, certificate := server.TLS.Clone(), server.Certificate().Raw
	server.Close()
	config.NextProtos = nil
	secure, err := tls.Listen("tcp", "127.0.0.1:0", config)
	check(t, err)
	defer secure.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	check(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600))

	c := DefaultConfig()
	c.Destinations = []string{"udp:" + u.LocalAddr().String(), "tcp:" + plain.Addr().String(), "tls:" + secure.Addr().String()}
	c.NodeID, c.AuthKey, c.CAFile = 9, "key", ca
	s := sender(t, c)
	want := []string{"one", "two", "three"}
	for _, text := range want {
		s.Message(&meta, []byte(text), []byte("of all"))
	}
	for _, l := range []net.Listener{plain, secure} {
		conn, err := l.Accept()
		check(t, err)
		defer conn.Close()
		if got := readStream(t, conn, len(want)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v: %q", l.Addr(), got)
		}
	}
	buf := make([]byte, 1<<16)
	for _, text := range want {
		n, _, err := u.ReadFrom(buf)
		check(t, err)
		if got := payload(t, buf[:n]); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	s.Close(time.Minute)
	if got := s.Stats(); got.Name != "hep" || got.Delivered != 9 || got.Queued != 0 || got.Errors != 0 {
		t.Errorf("%+v", got)
	}
}

// TestAwayDestination sends to a collector that comes back, and what it had not got arrives.
func TestAwayDestination(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	address := l.Addr().String()
	check(t, l.Close())
	c := DefaultConfig()
	c.Destinations, c.NodeID, c.AuthKey = []string{"tcp:" + address}, 9, "key"
	s := sender(t, c)
	s.Message(&meta, []byte("early"), []byte("of all"))
	l, err = net.Listen("tcp", address)
	check(t, err)
	defer l.Close()
	conn, err := l.Accept()
	check(t, err)
	if got := readStream(t, conn, 1); got[0] != "early" {
		t.Errorf("%q", got)
	}
	check(t, conn.Close())
	s.Close(time.Minute)
}

// TestQueueIsBounded drops the oldest messages, counts them, and does not take what no packet can hold.
func TestQueueIsBounded(t *testing.T) {
	q := newQueue(4 * chunkSize)
	p := hep.Packet{Payload: make([]byte, 1000)}
	const many = 2000
	for i := range many {
		copy(p.Payload, fmt.Sprintf("%06d", i))
		q.put(&p)
	}
	queued, lost := q.counts()
	if queued+int(lost) != many || lost == 0 || len(q.chunks) != 4 {
		t.Errorf("%d queued, %d lost, %d chunks", queued, lost, len(q.chunks))
	}
	next := int(lost)
	for c := q.take(); c != nil; c = q.take() {
		for b := c.buf; len(b) > 0; b = b[hep.Length(b):] {
			var got hep.Packet
			if got.Parse(b); string(got.Payload[:6]) != fmt.Sprintf("%06d", next) {
				t.Fatalf("%q, want %d", got.Payload[:6], next)
			}
			next++
			q.done(false)
		}
		q.giveBack(c)
	}
	if queued, _ := q.counts(); next != many || queued != 0 {
		t.Errorf("ended at %d, %d queued", next, queued)
	}
	p.Payload = make([]byte, hep.MaxLength)
	q.put(&p)
	if _, after := q.counts(); after != lost+1 {
		t.Errorf("%d lost, before %d", after, lost)
	}
}

// TestCloseGivesUp ends although the destination is away.
func TestCloseGivesUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	check(t, l.Close())
	c := DefaultConfig()
	c.Destinations = []string{"tcp:" + l.Addr().String()}
	s := sender(t, c)
	s.Message(&meta, []byte("lost"), nil)
	s.Close(0)
	if got := s.Stats(); got.Delivered != 0 || got.Queued+got.Errors != 1 {
		t.Errorf("%+v", got)
	}
}

func TestMessageAllocatesNothing(t *testing.T) {
	s := &Sender{name: []byte("probe")}
	s.current.Store(&sending{destinations: []*destination{{queue: newQueue(2 * chunkSize)}}})
	raw := make([]byte, 600)
	for range 10000 {
		s.Message(&meta, raw, nil)
	}
	if n := testing.AllocsPerRun(1000, func() { s.Message(&meta, raw, nil) }); n != 0 {
		t.Errorf("a message allocates %v times", n)
	}
}

func TestPrivacy(t *testing.T) {
	c := DefaultConfig()
	check(t, c.CheckPrivacy(true))
	c.Destinations = []string{"udp:homer:9060"}
	check(t, c.CheckPrivacy(false))
	if err := c.CheckPrivacy(true); err == nil || !strings.HasPrefix(err.Error(), "destinations: ") {
		t.Errorf("%v", err)
	}
}

func TestValidate(t *testing.T) {
	check(t, DefaultConfig().Validate())
	for want, change := range map[string]func(*Config){
		`destinations[0]: "homer:9060": expected udp:host:port`: func(c *Config) { c.Destinations = []string{"homer:9060"} },
		`destinations[0]: "udp::9060": expected udp:host:port`:  func(c *Config) { c.Destinations = []string{"udp::9060"} },
		`destinations[1]: "tcp:x:1" is there twice`:             func(c *Config) { c.Destinations = []string{"tcp:x:1", "tcp:x:1"} },
		`node_id: -1: expected 0 to 4294967295`:                 func(c *Config) { c.NodeID = -1 },
		`auth_key: expected at most 1024 bytes`:                 func(c *Config) { c.AuthKey = strings.Repeat("x", 2000) },
		`ca_file: open /no/such`:                                func(c *Config) { c.CAFile, c.Destinations = "/no/such", []string{"tls:x:1"} },
		`queue_size: 5: expected 1MiB to 4GiB`:                  func(c *Config) { c.QueueBytes = 5 },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestCompress sends a message that becomes smaller, and one that does not.
func TestCompress(t *testing.T) {
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(t, err)
	defer u.Close()
	c := DefaultConfig()
	c.Destinations, c.NodeID, c.AuthKey, c.Compress = []string{"udp:" + u.LocalAddr().String()}, 9, "key", true
	s := sender(t, c)
	long := strings.Repeat("Via: SIP/2.0/UDP host.example.com\r\n", 30)
	for _, text := range []string{long, "short"} {
		s.Message(&meta, []byte(text), []byte("of all"))
	}
	var x hep.Inflater
	buf := make([]byte, 1<<16)
	for _, text := range []string{long, "short"} {
		n, _, err := u.ReadFrom(buf)
		check(t, err)
		got := payload(t, buf[:n])
		if text == long {
			if n > len(text)/2 {
				t.Errorf("%d bytes for a message of %d", n, len(text))
			}
			b, err := x.Inflate([]byte(got), 1<<16)
			check(t, err)
			got = string(b)
		}
		if got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	s.Close(time.Minute)
}

func TestCompressingAllocatesNothing(t *testing.T) {
	p := hep.Packet{Protocol: hep.SIP, Payload: []byte(strings.Repeat("Via: SIP/2.0/UDP host.example.com\r\n", 30))}
	b, _ := hep.Append(nil, &p)
	x := new(smaller)
	x.of(b)
	if n := testing.AllocsPerRun(100, func() { x.of(b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
