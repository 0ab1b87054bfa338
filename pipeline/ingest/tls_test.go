package ingest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	gotls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
	"sipspan/record"
)

// spoken is what was on the wire of one TLS connection, with its secrets.
type spoken struct {
	mu     sync.Mutex
	chunks []chunk
	log    bytes.Buffer
}

type chunk struct {
	fromServer bool
	data       []byte
}

type listening struct {
	net.Conn
	to         *spoken
	fromServer bool
}

func (l listening) Write(b []byte) (int, error) {
	l.to.mu.Lock()
	l.to.chunks = append(l.to.chunks, chunk{l.fromServer, bytes.Clone(b)})
	l.to.mu.Unlock()
	return l.Conn.Write(b)
}

func answerTo(of string) string {
	return strings.Replace(of, "OPTIONS sip:b SIP/2.0", "SIP/2.0 200 OK", 1)
}

// speak lets a client and a server of the standard library exchange requests and responses in TLS.
func speak(t testing.TB, change func(client, server *gotls.Config), rounds int) *spoken {
	t.Helper()
	text := strings.ReplaceAll(options, "\n", "\r\n")
	var turns []string
	for range rounds {
		turns = append(turns, text, answerTo(text))
	}
	return converse(t, change, turns)
}

// converse lets a client and a server say something in turns, in TLS.
func converse(t testing.TB, change func(client, server *gotls.Config), turns []string) *spoken {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sip.example.com"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(2e9, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := new(spoken)
	client := &gotls.Config{InsecureSkipVerify: true, ServerName: "sip.example.com", KeyLogWriter: &s.log}
	server := &gotls.Config{Certificates: []gotls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	if change != nil {
		change(client, server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := gotls.Server(listening{c, s, true}, server)
		for i := 0; i < len(turns); i += 2 {
			if _, err := io.ReadFull(in, make([]byte, len(turns[i]))); err != nil {
				return
			}
			if _, err := io.WriteString(in, turns[i+1]); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, in)
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	out := gotls.Client(listening{c, s, false}, client)
	for i := 0; i < len(turns); i += 2 {
		if _, err := io.WriteString(out, turns[i]); err != nil {
			break
		}
		if _, err := io.ReadFull(out, make([]byte, len(turns[i+1]))); err != nil {
			break
		}
	}
	_ = out.CloseWrite()
	c.Close()
	<-done
	return s
}

// packets makes Ethernet frames of what was spoken, in segments of a size, on a server port. Only those that pass are kept.
func (s *spoken) packets(port uint16, size int, passes func(n int, fromServer bool) bool) (frames [][]byte) {
	client, server := netip.MustParseAddrPort("192.0.2.1:40001"), netip.AddrPortFrom(netip.MustParseAddr("192.0.2.2"), port)
	conn := pcapwrite.NewConn(client, server, 100, 200)
	put := func(list []pcapwrite.Segment) {
		for _, g := range list {
			if passes == nil || passes(len(frames), g.From == server) {
				frame := pcapwrite.Build(g.Payload, pcapwrite.Ethernet{}, pcapwrite.IP(g.From.Addr(), g.To.Addr(), uint16(len(frames)+1)), g.Header)
				frames = append(frames, frame)
			} else {
				frames = append(frames, nil)
			}
		}
	}
	put(conn.Open())
	for _, k := range s.chunks {
		from := client
		if k.fromServer {
			from = server
		}
		var sizes []int
		for range len(k.data) / size {
			sizes = append(sizes, size)
		}
		put(conn.Send(from, k.data, sizes...))
	}
	put([]pcapwrite.Segment{conn.Finish(client), conn.Finish(server)})
	return frames
}

// heard is what an Ingest makes of TLS.
type heard struct {
	messages []string
	times    []int64
	records  []record.TLS
	events   []wire.NetworkKind
}

func (h *heard) Message(m *wire.Meta, raw, _ []byte) bool {
	first, _, _ := strings.Cut(string(raw), "\r\n")
	h.messages = append(h.messages, fmt.Sprintf("%v %s %d", m.Transport, first, m.Flags))
	h.times = append(h.times, m.Time)
	return true
}

func (h *heard) NetworkEvent(e *wire.NetworkEvent, _ uint64, _ bool) {
	h.events = append(h.events, e.Kind)
}
func (h *heard) TLS(c *wire.TLSConnection) { h.records = append(h.records, c.Record) }

// listen shows frames to an Ingest, a second apart.
func listen(t *testing.T, frames [][]byte, o Options, between func(n int, in *Ingest)) (*heard, Account) {
	t.Helper()
	h := new(heard)
	in := New(reassembly.DefaultConfig(), o, h)
	at := int64(0)
	for i, data := range frames {
		at = int64(i+1) * int64(time.Second)
		if between != nil {
			between(i, in)
		}
		if data == nil {
			continue
		}
		in.Frame(&capture.Frame{Time: at, Data: data, Length: len(data), Link: 1, Number: uint64(i + 1)}, at, at)
	}
	in.Close(at + 1)
	a := in.Snapshot().Account
	if a.Missing() != 0 {
		t.Errorf("account %+v", a)
	}
	if in.tls.size != 0 || in.tls.first != nil || in.tls.held != 0 || in.tls.waiting != 0 {
		t.Errorf("%d connections, %d bytes, %d waiting are left", in.tls.size, in.tls.held, in.tls.waiting)
	}
	return h, a
}

func keysOf(log string) *rtls.Keys {
	k := rtls.NewKeys(100)
	k.AddLog([]byte(log))
	return k
}

var twoRounds = []string{"TLS OPTIONS sip:b SIP/2.0 0", "TLS SIP/2.0 200 OK 0", "TLS OPTIONS sip:b SIP/2.0 0", "TLS SIP/2.0 200 OK 0"}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// On any port, in segments of any size.
func TestTLSIsDecrypted(t *testing.T) {
	s := speak(t, nil, 2)
	for _, port := range []uint16{5061, 443} {
		for _, size := range []int{1, 7, 536, 1460} {
			h, a := listen(t, s.packets(port, size, nil), Options{Keys: keysOf(s.log.String())}, nil)
			same(t, fmt.Sprintf("port %d, segments of %d", port, size), h.messages, twoRounds)
			if len(h.records) != 1 || len(h.events) != 0 {
				t.Fatalf("%d records, events %v", len(h.records), h.events)
			}
			r := h.records[0]
			if r.Outcome != record.TLSEstablished || !r.Decrypted || r.Version != "TLS 1.3" || r.ServerName != "sip.example.com" ||
				r.Subject != "CN=sip.example.com" || r.NotAfter != 2e18 || r.Src != "192.0.2.1:40001" || r.Confidence.Flags != 0 {
				t.Errorf("record %+v", r)
			}
			if a.Ignored[IgnoredTLS] != 0 {
				t.Errorf("account %+v", a)
			}
		}
	}
}

// Secrets that come within the time to wait: the messages have the times of their packets.
func TestTLSWaitsForSecrets(t *testing.T) {
	s := speak(t, nil, 2)
	frames := s.packets(5061, 1460, nil)
	whole, _ := listen(t, frames, Options{Keys: keysOf(s.log.String())}, nil)
	for _, wait := range []time.Duration{time.Hour, time.Second} {
		keys := rtls.NewKeys(10)
		keys.Expect()
		c := rtls.DefaultConfig()
		c.KeyWait = wait
		h, _ := listen(t, frames, Options{Keys: keys, TLS: c}, func(n int, in *Ingest) {
			in.Expire(int64(n+1) * int64(time.Second))
			if n == len(frames)-1 {
				in.Expire(int64(n+1) * int64(time.Second))
			}
			if n == len(frames)-2 {
				keys.AddLog(s.log.Bytes())
			}
		})
		if wait == time.Hour {
			same(t, "messages", h.messages, twoRounds)
			if fmt.Sprint(h.times) != fmt.Sprint(whole.times) {
				t.Errorf("times %v, want %v", h.times, whole.times)
			}
		} else if len(h.messages) == 4 {
			t.Error("records have waited for too long")
		}
	}
}

// Without secrets there is the record of the connection, on the ports of SIP or with the protocol sip alone.
func TestTLSWithoutSecrets(t *testing.T) {
	for _, tt := range []struct {
		port    uint16
		alpn    bool
		ports   []string
		records int
	}{{5061, false, nil, 1}, {443, false, nil, 0}, {443, true, nil, 1}, {443, false, []string{"443"}, 1}} {
		for _, version := range []uint16{gotls.VersionTLS12, gotls.VersionTLS13} {
			s := speak(t, func(c, s *gotls.Config) {
				c.MaxVersion = version
				if tt.alpn {
					c.NextProtos, s.NextProtos = []string{"sip"}, []string{"sip"}
				}
			}, 2)
			c := rtls.DefaultConfig()
			c.Ports = tt.ports
			servers := new(Servers)
			h, a := listen(t, s.packets(tt.port, 1460, nil), Options{TLS: c, Servers: servers}, nil)
			if got := servers.Record(); got.Servers != 1 || !strings.HasSuffix(got.Busiest, fmt.Sprintf(":%d", tt.port)) {
				t.Errorf("%+v: servers %+v", tt, got)
			}
			if len(h.messages) != 0 || len(h.records) != tt.records || a.Ignored[IgnoredTLS] == 0 {
				t.Errorf("%+v: %d messages, records %+v, %d ignored", tt, len(h.messages), h.records, a.Ignored[IgnoredTLS])
			}
			for _, r := range h.records {
				if r.Outcome != record.TLSEstablished || r.Decrypted || (version == gotls.VersionTLS12) != (r.Subject != "") || tt.alpn && r.Protocol != "sip" {
					t.Errorf("%+v: record %+v", tt, r)
				}
			}
		}
	}
}

// A connection whose beginning was not captured is not guessed at.
func TestTLSFromTheMiddle(t *testing.T) {
	s := speak(t, nil, 2)
	frames := s.packets(5061, 1<<15, nil)
	for cut := 6; cut < len(frames)-3; cut++ {
		h, a := listen(t, frames[cut:], Options{Keys: keysOf(s.log.String())}, nil)
		if len(h.messages) != 0 || len(h.records) != 1 || h.records[0].Outcome != record.TLSMidStream || h.records[0].Confidence.Flags&record.MidStream == 0 {
			t.Errorf("cut at %d: messages %q, records %+v", cut, h.messages, h.records)
		}
		if a.Ignored[IgnoredTLS] == 0 {
			t.Errorf("cut at %d: account %+v", cut, a)
		}
	}
}

// A lost segment costs the messages in it and no others.
func TestTLSGap(t *testing.T) {
	s := speak(t, nil, 4)
	n := len(s.packets(5061, 1460, nil))
	found := 0
	for lost := n - 9; lost < n-4; lost++ {
		h, _ := listen(t, s.packets(5061, 1460, func(n int, _ bool) bool { return n != lost }), Options{Keys: keysOf(s.log.String())}, nil)
		if len(h.messages) < 7 {
			t.Errorf("packet %d of %d lost: %q", lost, n, h.messages)
		}
		if strings.Contains(strings.Join(h.messages, "\n"), fmt.Sprintf(" %d", record.TCPGap)) {
			found++
		}
	}
	if found == 0 {
		t.Error("no message after a gap says so")
	}
}

// The oldest connection goes when there are too many, and the account of it is kept.
func TestTLSConnectionsAreBounded(t *testing.T) {
	s := speak(t, nil, 1)
	c := rtls.DefaultConfig()
	c.MaxConnections = 1
	one, two := s.packets(5061, 1460, nil), s.packets(5062, 1460, nil)
	var frames [][]byte
	for i := range one {
		frames = append(frames, one[i], two[i])
	}
	h, _ := listen(t, frames, Options{TLS: c, Keys: keysOf(s.log.String())}, nil)
	evicted := 0
	for _, r := range h.records {
		if r.Confidence.Flags&record.TableFull != 0 {
			evicted++
		}
	}
	if evicted == 0 {
		t.Errorf("records %+v", h.records)
	}
}

// A client that does not accept the certificate says so under encryption: with the secrets it is known what it says.
func TestTLSHiddenAlert(t *testing.T) {
	s := speak(t, func(c, _ *gotls.Config) { c.InsecureSkipVerify = false }, 1)
	h, _ := listen(t, s.packets(5061, 1460, nil), Options{}, nil)
	if fmt.Sprint(h.events) != fmt.Sprint([]wire.NetworkKind{wire.HandshakeBrokenBlind}) || h.records[0].Outcome != record.TLSFailed {
		t.Errorf("events %v, records %+v", h.events, h.records)
	}
	h, _ = listen(t, s.packets(5061, 1460, nil), Options{Keys: keysOf(s.log.String())}, nil)
	if fmt.Sprint(h.events) != fmt.Sprint([]wire.NetworkKind{wire.HandshakeBroken}) || h.records[0].Outcome != record.TLSFailed {
		t.Errorf("with secrets: events %v, records %+v", h.events, h.records)
	}
}

// WebSocket inside of TLS.
func TestTLSWithWebSocket(t *testing.T) {
	text := strings.ReplaceAll(options, "\n", "\r\n")
	frame := func(payload string, mask byte) string {
		b := []byte{0x81, mask | 126, byte(len(payload) >> 8), byte(len(payload))}
		if mask != 0 {
			b = append(b, 0, 0, 0, 0)
		}
		return string(b) + payload
	}
	turns := []string{
		"GET / HTTP/1.1\r\nHost: sip.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
			"Sec-WebSocket-Protocol: sip\r\n\r\n",
		frame(text, 0x80), frame(answerTo(text), 0),
	}
	s := converse(t, nil, turns)
	for _, size := range []int{1, 7, 1460} {
		h, _ := listen(t, s.packets(443, size, nil), Options{Keys: keysOf(s.log.String())}, nil)
		same(t, fmt.Sprintf("segments of %d", size), h.messages, []string{"WSS OPTIONS sip:b SIP/2.0 0", "WSS SIP/2.0 200 OK 0"})
		if len(h.records) != 1 || !h.records[0].Decrypted {
			t.Errorf("records %+v", h.records)
		}
	}
}
