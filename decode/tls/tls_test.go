package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// recorder keeps what is written to a connection.
type recorder struct {
	net.Conn
	mu   sync.Mutex
	sent bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	r.sent.Write(b)
	r.mu.Unlock()
	return r.Conn.Write(b)
}

func (r *recorder) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.sent.Bytes())
}

func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), DNSNames: []string{"sip.example.com"},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// shake lets a client and a server of the standard library try a handshake and returns what each of them sent.
func shake(t testing.TB, client, server *tls.Config) (fromClient, fromServer []byte) {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	ra, rb := &recorder{Conn: a}, &recorder{Conn: b}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(io.Discard, tls.Server(rb, server)) // the handshake comes with the first read
		b.Close()
	})
	both.Go(func() {
		c := tls.Client(ra, client)
		if c.Handshake() != nil {
			a.Close()
			return
		}
		_, _ = c.Write([]byte("OPTIONS sip:example.com SIP/2.0\r\n\r\n"))
		a.Close()
	})
	both.Wait()
	return ra.bytes(), rb.bytes()
}

// signs goes over a direction in pieces of a size and returns the signs, with the alert if there was one.
func signs(data []byte, piece int) (all []Sign, a Alert) {
	var s Scanner
	var held []byte
	for len(data) > 0 || len(held) > 0 {
		k := min(piece, len(data))
		held = append(held, data[:k]...)
		data = data[k:]
		for {
			n, sign := s.Next(held)
			held = held[min(n, len(held)):]
			if sign == Nothing {
				break
			}
			all = append(all, sign)
			if sign != Hello {
				return all, s.Alert
			}
		}
		if k == 0 {
			return all, s.Alert
		}
	}
	return all, s.Alert
}

// Handshakes of the standard library, those that come about and those that fail.
func TestHandshakes(t *testing.T) {
	server := certificate(t)
	trusting := &tls.Config{InsecureSkipVerify: true}
	with := func(c *tls.Config, change func(*tls.Config)) *tls.Config {
		c = c.Clone()
		change(c)
		return c
	}
	base := &tls.Config{Certificates: []tls.Certificate{server}, SessionTicketsDisabled: true}
	for _, tt := range []struct {
		name           string
		client, server *tls.Config
		fromClient     []Sign
		fromServer     []Sign
		clientAlert    Alert
		serverAlert    Alert
	}{
		{"TLS 1.3", trusting, base, []Sign{Hello, Sealed}, []Sign{Sealed}, 0, 0},
		{"TLS 1.2", trusting, with(base, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }), []Sign{Hello, Sealed}, []Sign{Sealed}, 0, 0},
		{"unknown authority, TLS 1.3", &tls.Config{ServerName: "sip.example.com"}, base, []Sign{Hello, BrokenBlind}, []Sign{Sealed}, 0, 0},
		{"unknown authority, TLS 1.2", &tls.Config{ServerName: "sip.example.com", MaxVersion: tls.VersionTLS12}, base,
			[]Sign{Hello, Broken}, nil, BadCertificate, 0},
		{"no common version", with(trusting, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }),
			with(base, func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }), []Sign{Hello}, []Sign{Broken}, 0, ProtocolVersion},
		{"no common protocol", with(trusting, func(c *tls.Config) { c.NextProtos = []string{"sip"} }),
			with(base, func(c *tls.Config) { c.NextProtos = []string{"h2"} }), []Sign{Hello}, []Sign{Broken}, 0, NoApplicationProtocol},
		{"no client certificate, TLS 1.2", with(trusting, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }),
			with(base, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), []Sign{Hello, Sealed}, []Sign{Broken}, 0, HandshakeFailure},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fromClient, fromServer := shake(t, tt.client, tt.server)
			if !Opens(fromClient) {
				t.Error("the client's first bytes do not open a connection")
			}
			for _, piece := range []int{1, 7, 1 << 20} {
				got, a := signs(fromClient, piece)
				if !equal(got, tt.fromClient) || a != tt.clientAlert {
					t.Errorf("client in pieces of %d: %v %v, want %v %v", piece, got, a, tt.fromClient, tt.clientAlert)
				}
				got, a = signs(fromServer, piece)
				if !equal(got, tt.fromServer) || a != tt.serverAlert {
					t.Errorf("server in pieces of %d: %v %v, want %v %v", piece, got, a, tt.fromServer, tt.serverAlert)
				}
			}
		})
	}
}

func equal(a, b []Sign) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestForeign(t *testing.T) {
	for _, text := range []string{
		"SIP/2.0 200 OK\r\n", "\x17\x03\x03\x00\x20data", "\x14\x03\x03\x00\x01\x01", "\x16\x02\x00\x00\x05hello", "\x16\x03\x01\x00\x00x",
		"\x16\x03\x01\xff\xffx", "\x80\x2e\x01\x03\x01", "\x18\x03\x03\x00\x03\x01\x00\x00",
	} {
		if got, _ := signs([]byte(text), len(text)); !equal(got, []Sign{Foreign}) {
			t.Errorf("%q: %v", text, got)
		}
	}
	// A warning is passed over, an orderly close in the middle of a handshake is not.
	for text, want := range map[string][]Sign{
		"\x15\x03\x03\x00\x02\x01\x70": nil,
		"\x15\x03\x03\x00\x02\x01\x00": {Broken},
		"\x15\x03\x03\x00\x02\x02\x2d": {Broken},
	} {
		if got, _ := signs([]byte(text), len(text)); !equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestAlertNames(t *testing.T) {
	for a, want := range map[Alert]string{CertificateExpired: "certificate expired", ProtocolVersion: "protocol version", 120: "no application protocol", 121: "ECH required", 122: "unknown alert", 5: "unknown alert"} {
		if got := a.String(); got != want {
			t.Errorf("%d: %q, want %q", a, got, want)
		}
	}
}

func TestScannerDoesNotAllocate(t *testing.T) {
	fromClient, _ := shake(t, &tls.Config{InsecureSkipVerify: true}, &tls.Config{Certificates: []tls.Certificate{certificate(t)}})
	if n := testing.AllocsPerRun(100, func() {
		var s Scanner
		for rest := fromClient; ; {
			n, sign := s.Next(rest)
			if rest = rest[n:]; sign != Hello {
				break
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever comes, the scanner takes no more than it is given, goes on or ends, and pieces show what the whole shows.
func FuzzScanner(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\x15\x03\x03\x00\x02\x02\x28"), 3)
	f.Add([]byte("\x16\x03\x01\x00\x01\x02\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x13............................"), 1)
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		if piece < 1 || piece > len(data) {
			piece = 1
		}
		whole, a := signs(data, max(len(data), 1))
		parts, b := signs(data, piece)
		if !equal(whole, parts) || a != b {
			t.Errorf("whole %v %v, in pieces of %d %v %v", whole, a, piece, parts, b)
		}
	})
}
