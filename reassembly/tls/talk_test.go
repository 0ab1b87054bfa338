package tls

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	gotls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// The sides of the tests.
const (
	fromClient Side = 0
	fromServer Side = 1
)

// chunk is what one write put on the wire.
type chunk struct {
	side Side
	data []byte
}

// wiretap keeps what both sides of a connection write, in one order.
type wiretap struct {
	mu     sync.Mutex
	chunks []chunk
}

func (w *wiretap) add(side Side, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.chunks = append(w.chunks, chunk{side, bytes.Clone(b)})
}

type tapped struct {
	net.Conn
	tap  *wiretap
	side Side
}

func (t tapped) Write(b []byte) (int, error) {
	t.tap.add(t.side, b)
	return t.Conn.Write(b)
}

// keyPair makes a certificate with a key.
func keyPair(t testing.TB, withRSA bool) gotls.Certificate {
	t.Helper()
	var key crypto.Signer
	var err error
	if withRSA {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sip.example.com", Organization: []string{"Example"}},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), DNSNames: []string{"sip.example.com"},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return gotls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// said is what each side says in turns.
var said = [2][]string{
	{"OPTIONS sip:example.com SIP/2.0\r\n\r\n", "REGISTER sip:example.com SIP/2.0\r\n\r\n", "third"},
	{"SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 401 Unauthorized\r\n\r\n", string(bytes.Repeat([]byte("long "), 10000))},
}

// loopback returns the two ends of a TCP connection.
func loopback(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// talk lets a client and a server of the standard library say what they have to say, and returns what was on the wire.
func talk(t testing.TB, client, server *gotls.Config) []chunk {
	t.Helper()
	tap := &wiretap{}
	a, b := loopback(t)
	c := gotls.Client(tapped{a, tap, fromClient}, client)
	s := gotls.Server(tapped{b, tap, fromServer}, server)
	done := make(chan error, 1)
	go func() {
		done <- answer(s)
	}()
	for i, text := range said[0] {
		if _, err := c.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, len(said[1][i]))); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	a.Close()
	b.Close()
	return tap.chunks
}

func answer(s net.Conn) error {
	for i, text := range said[0] {
		if _, err := io.ReadFull(s, make([]byte, len(text))); err != nil {
			return err
		}
		if _, err := s.Write([]byte(said[1][i])); err != nil {
			return err
		}
	}
	_, err := io.Copy(io.Discard, s)
	return err
}

// listener collects plaintext.
type listener struct {
	plain [2]bytes.Buffer
	order []Side
	lost  [2]int
}

func (l *listener) Plain(from Side, _ int64, plain []byte) {
	l.plain[from].Write(plain)
	l.order = append(l.order, from)
}

func (l *listener) Lost(from Side, _ int64) { l.lost[from]++ }

// feed offers chunks to a Conn in pieces, as reassembly would.
func feed(c *Conn, chunks []chunk, piece int) {
	var held [2][]byte
	for i, k := range chunks {
		for data := k.data; len(data) > 0; {
			n := min(piece, len(data))
			held[k.side] = append(held[k.side], data[:n]...)
			data = data[n:]
			offered := bytes.Clone(held[k.side])
			done := c.Data(k.side, int64(i), offered, false)
			for j := range offered {
				offered[j] = 0xCC // the borrow is over
			}
			if done < 0 {
				return
			}
			held[k.side] = held[k.side][done:]
		}
	}
}

var limits = Limits{MaxHeld: 1 << 20, MaxHeldTotal: 1 << 20}

// decrypt returns what a Conn with some keys makes of chunks.
func decrypt(keys *Keys, chunks []chunk, piece int) (*listener, *Conn) {
	l := new(listener)
	c := NewDecrypter(keys, limits).Open(l)
	c.Likely = true
	feed(c, chunks, piece)
	return l, c
}

func keysOf(log string) *Keys {
	k := NewKeys(100)
	k.AddLog([]byte(log))
	return k
}

// wantAll checks that everything that was said was decrypted.
func wantAll(t *testing.T, l *listener) {
	t.Helper()
	for side := range said {
		want := ""
		for _, text := range said[side] {
			want += text
		}
		if got := l.plain[side].String(); got != want {
			t.Errorf("side %d: %d bytes of plaintext %.60q, want %d", side, len(got), got, len(want))
		}
		if l.lost[side] != 0 {
			t.Errorf("side %d: %d losses", side, l.lost[side])
		}
	}
}
