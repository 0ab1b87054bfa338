package hep

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/capture"
	"sipspan/decode/hep"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines is a log that is written by several goroutines.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open listens on free ports of this machine, and returns the addresses of UDP and TCP.
func open(t *testing.T, change func(*Config)) (s *Source, log *lines, udp, tcp string) {
	t.Helper()
	c := DefaultConfig()
	c.Listen = []string{"udp:127.0.0.1:0", "tcp:127.0.0.1:0"}
	if change != nil {
		change(&c)
	}
	check(t, c.Validate())
	log = new(lines)
	s, err := Open(c, slog.New(slog.NewTextHandler(log, nil)))
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s, log, s.Addrs()[0].String(), s.Addrs()[1].String()
}

func dial(t *testing.T, network, address string) net.Conn {
	t.Helper()
	c, err := net.Dial(network, address)
	check(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func packet(t *testing.T, at int64, text string) []byte {
	t.Helper()
	b, ok := hep.Append(nil, &hep.Packet{
		Protocol: hep.SIP, IPProtocol: hep.IPProtocolUDP, Time: at, Node: 3, Payload: []byte(text),
		Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"),
	})
	if !ok {
		t.Fatal("too large")
	}
	return b
}

// next returns the next frame, however long it takes.
func next(t *testing.T, s *Source) capture.Frame {
	t.Helper()
	for {
		var f capture.Frame
		err := s.Next(&f)
		if err == nil {
			f.Data = bytes.Clone(f.Data)
			return f
		}
		if !errors.Is(err, capture.ErrIdle) {
			t.Fatal(err)
		}
	}
}

func TestDatagramsAndStreams(t *testing.T) {
	s, log, udp, tcp := open(t, nil)
	before := time.Now().UnixNano()
	whole := packet(t, 1, "from another time")
	u := dial(t, "udp", udp)
	_, err := u.Write(whole)
	check(t, err)
	f := next(t, s)
	if !bytes.Equal(f.Data, whole) || f.Link != capture.LinkHEP || f.Number != 1 || f.Length != len(whole) || f.Time < before || f.Time > time.Now().UnixNano() {
		t.Errorf("frame %+v", f)
	}
	now := time.Now().UnixNano()
	_, err = u.Write(packet(t, now, "now"))
	check(t, err)
	if f := next(t, s); f.Time != now && f.Time-now < int64(time.Second) {
		t.Errorf("time %d, the agent says %d", f.Time, now)
	}
	c := dial(t, "tcp", tcp)
	for i := range whole { // byte by byte, then two at once
		_, err = c.Write(whole[i : i+1])
		check(t, err)
	}
	_, err = c.Write(append(bytes.Clone(whole), packet(t, 2, "second")...))
	check(t, err)
	for i, want := range [][]byte{whole, whole, packet(t, 2, "second")} {
		if f := next(t, s); !bytes.Equal(f.Data, want) {
			t.Errorf("packet %d of the stream: %q", i, f.Data)
		}
	}
	if n, refused := s.Connections(); n != 1 || refused != 0 {
		t.Errorf("%d connections, %d refused", n, refused)
	}
	if got := s.Stats()[0]; got.Name != "hep" || got.Received != 5 || got.InterfaceDropped != 0 {
		t.Errorf("%+v", got)
	}
	if log.String() != "" {
		t.Errorf("log:\n%s", log)
	}
}

// TestRefusals shows what is no HEP, or has another key: each is a frame, so that it is counted, and the log has one line.
func TestRefusals(t *testing.T) {
	s, log, udp, tcp := open(t, func(c *Config) { c.AuthKey, c.MaxConnections = "right", 1 })
	u := dial(t, "udp", udp)
	for _, data := range []string{"OPTIONS sip:x SIP/2.0\r\n\r\n", string(packet(t, 1, "x")), "HEP3\xff\xff"} {
		_, err := u.Write([]byte(data))
		check(t, err)
		if f := next(t, s); string(f.Data) != data {
			t.Errorf("%q became %q", data, f.Data)
		}
	}
	c := dial(t, "tcp", tcp)
	_, err := c.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	check(t, err)
	if f := next(t, s); string(f.Data) != "GET / " {
		t.Errorf("%q", f.Data)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a connection without HEP was answered")
	}
	c = dial(t, "tcp", tcp)
	_, err = c.Write(packet(t, 1, "it is open"))
	check(t, err)
	next(t, s)
	if _, err := dial(t, "tcp", tcp).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("one connection too many: %v", err)
	}
	if n, refused := s.Connections(); n != 1 || refused != 2 {
		t.Errorf("%d connections, %d refused", n, refused)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `because="it is no HEP" times=1`) {
		t.Errorf("log:\n%s", got)
	}
}

// TestQueueIsBounded fills the queue: datagrams are lost and counted, connections wait and lose nothing.
func TestQueueIsBounded(t *testing.T) {
	q := newQueue(1000)
	now := func() int64 { return 7 }
	n := 0
	for q.put(make([]byte, 100), false, now) {
		n++
	}
	if n != 500/(100+mark) {
		t.Errorf("%d packets of 100 bytes in half of 1000", n)
	}
	const many = 1000
	var ended sync.WaitGroup
	ended.Go(func() {
		for range many {
			q.put(make([]byte, 100), true, now)
		}
	})
	for got := 0; got < n+many; {
		data, at, ok := q.next()
		if !ok {
			<-q.ready
			continue
		}
		if len(data) != 100 || at != 7 {
			t.Fatalf("%d bytes at %d", len(data), at)
		}
		got++
	}
	ended.Wait()
	if cap(q.fill)+cap(q.reading) > 2*1000 {
		t.Errorf("the queue takes %d bytes", cap(q.fill)+cap(q.reading))
	}
	q.put(make([]byte, 450), false, now)
	ended.Go(func() {
		if q.put(make([]byte, 100), true, now) {
			t.Error("a closed queue took a packet")
		}
	})
	q.close()
	ended.Wait()
}

func TestNextAllocatesNothing(t *testing.T) {
	s := &Source{queue: newQueue(1 << 20)}
	data := packet(t, 1, "x")
	var f capture.Frame
	take := func() {
		s.queue.put(data, false, wallClock)
		if err := s.Next(&f); err != nil {
			t.Fatal(err)
		}
	}
	take()
	take()
	if n := testing.AllocsPerRun(100, take); n != 0 {
		t.Errorf("a packet allocates %v times", n)
	}
}

func TestClose(t *testing.T) {
	s, _, _, tcp := open(t, nil)
	c := dial(t, "tcp", tcp)
	_, err := c.Write(packet(t, 1, "x"))
	check(t, err)
	next(t, s)
	check(t, s.Close())
	var f capture.Frame
	if err := s.Next(&f); !errors.Is(err, io.EOF) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still there")
	}
}

func TestOpenNamesWhatFails(t *testing.T) {
	_, _, udp, _ := open(t, nil)
	c := DefaultConfig()
	c.Listen = []string{"tcp:127.0.0.1:0", "udp:" + udp}
	if _, err := Open(c, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "hep: listening on udp:"+udp+": ") {
		t.Errorf("%v", err)
	}
}

func TestValidate(t *testing.T) {
	check(t, DefaultConfig().Validate())
	for want, change := range map[string]func(*Config){
		`listen[0]: "127.0.0.1:9060": expected udp:`: func(c *Config) { c.Listen = []string{"127.0.0.1:9060"} },
		`listen[0]: "tls:[::1]:1": expected udp:`:    func(c *Config) { c.Listen = []string{"tls:[::1]:1"} },
		`listen[0]: "udp:x:70000": expected udp:`:    func(c *Config) { c.Listen = []string{"udp:x:70000"} },
		`listen[1]: "udp:x:7" is there twice`:        func(c *Config) { c.Listen = []string{"udp:x:7", "udp:x:7"} },
		`auth_key: expected at most 1024 bytes`:      func(c *Config) { c.AuthKey = strings.Repeat("x", 2000) },
		`max_connections: 0: expected 1 to 65536`:    func(c *Config) { c.MaxConnections = 0 },
		`idle_timeout: 1ms: expected 1s to 720h`:     func(c *Config) { c.IdleTimeout = time.Millisecond },
		`queue_size: 5: expected 256KiB to 1GiB`:     func(c *Config) { c.QueueBytes = 5 },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
