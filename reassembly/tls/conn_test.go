package tls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rsa"
	gotls "crypto/tls"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// pair is a client and a server that log their secrets.
type pair struct {
	client, server *gotls.Config
	log            bytes.Buffer
	resumed        bool
}

func newPair(cert gotls.Certificate, change func(*gotls.Config)) *pair {
	p := new(pair)
	p.client = &gotls.Config{InsecureSkipVerify: true, ServerName: "sip.example.com", NextProtos: []string{"sip"}, KeyLogWriter: &p.log}
	p.server = &gotls.Config{Certificates: []gotls.Certificate{cert}, NextProtos: []string{"sip"}}
	for _, c := range []*gotls.Config{p.client, p.server} {
		if change != nil {
			change(c)
		}
	}
	return p
}

// only limits a configuration to a version and a suite.
func only(version, suite uint16) func(*gotls.Config) {
	return func(c *gotls.Config) {
		c.MinVersion, c.MaxVersion = version, version
		if suite != 0 {
			c.CipherSuites = []uint16{suite}
		}
	}
}

// Every version and suite of the standard library, with the key log.
func TestSuites(t *testing.T) {
	ecdsaCert, rsaCert := keyPair(t, false), keyPair(t, true)
	test := func(t *testing.T, version, suite uint16) {
		cert := rsaCert
		if strings.Contains(gotls.CipherSuiteName(suite), "ECDSA") {
			cert = ecdsaCert
		}
		p := newPair(cert, only(version, suite))
		chunks := talk(t, p.client, p.server)
		for _, piece := range []int{1 << 20, 1460, 7} {
			l, c := decrypt(keysOf(p.log.String()), chunks, piece)
			wantAll(t, l)
			i := c.Info()
			if i.Version != version || suite != 0 && i.Suite != suite || i.ServerName != "sip.example.com" || i.Protocol != "sip" || !i.SIP || !i.Finished[0] || !i.Finished[1] {
				t.Errorf("info %+v", i)
			}
			if i.Subject != "CN=sip.example.com,O=Example" || i.NotAfter != 1<<33 {
				t.Errorf("certificate %q until %d", i.Subject, i.NotAfter)
			}
			if !i.CloseNotify[0] || c.Waits() {
				t.Errorf("the close was not seen, or something waits")
			}
		}
	}
	for _, list := range [][]*gotls.CipherSuite{gotls.CipherSuites(), gotls.InsecureCipherSuites()} {
		for _, s := range list {
			if strings.Contains(s.Name, "RC4") || strings.Contains(s.Name, "3DES") {
				continue // nobody asked for those
			}
			for _, version := range s.SupportedVersions {
				t.Run(fmt.Sprintf("%s/%s", VersionName(version), s.Name), func(t *testing.T) {
					if version == VersionTLS13 {
						test(t, version, 0) // the library chooses; see TestOpenSSL for the others
						return
					}
					test(t, version, s.ID)
				})
			}
		}
	}
}

// The key exchange RSA with the private key of the server, and sessions that go on with it.
func TestPrivateKey(t *testing.T) {
	cert := keyPair(t, true)
	for _, version := range []uint16{VersionTLS10, VersionTLS11, VersionTLS12} {
		for _, suite := range []uint16{gotls.TLS_RSA_WITH_AES_128_CBC_SHA, gotls.TLS_RSA_WITH_AES_256_CBC_SHA, gotls.TLS_RSA_WITH_AES_128_GCM_SHA256, gotls.TLS_RSA_WITH_AES_256_GCM_SHA384} {
			if suite > 0x90 && version < VersionTLS12 {
				continue
			}
			t.Run(VersionName(version)+"/"+gotls.CipherSuiteName(suite), func(t *testing.T) {
				p := newPair(cert, only(version, suite))
				p.client.ClientSessionCache = gotls.NewLRUClientSessionCache(1)
				keys := NewKeys(1)
				keys.AddPrivateKey(cert.PrivateKey.(*rsa.PrivateKey))
				d := NewDecrypter(keys, limits)
				for range 3 { // the second and the third go on with the session of the first
					l := new(listener)
					feed(d.Open(l), talk(t, p.client, p.server), 1000)
					wantAll(t, l)
				}
			})
		}
	}
	t.Run("another key", func(t *testing.T) {
		p := newPair(cert, only(VersionTLS12, gotls.TLS_RSA_WITH_AES_128_GCM_SHA256))
		keys := NewKeys(1)
		keys.AddPrivateKey(keyPair(t, true).PrivateKey.(*rsa.PrivateKey))
		l, c := decrypt(keys, talk(t, p.client, p.server), 1000)
		if l.plain[0].Len() > 0 || c.Waits() || c.d.stats.Dropped == 0 {
			t.Errorf("plaintext %q, waits %v, %+v", l.plain[0].String(), c.Waits(), c.d.stats)
		}
	})
}

// A session that goes on, with the key log. Of TLS 1.2 the standard library logs the first session alone; see TestOpenSSL.
func TestResumption(t *testing.T) {
	p := newPair(keyPair(t, false), only(VersionTLS13, 0))
	p.client.ClientSessionCache = gotls.NewLRUClientSessionCache(1)
	for range 2 {
		chunks := talk(t, p.client, p.server)
		l, c := decrypt(keysOf(p.log.String()), chunks, 1000)
		wantAll(t, l)
		if (c.Info().Subject == "") != p.resumed { // the server shows it once
			t.Errorf("certificate %q", c.Info().Subject)
		}
		p.resumed = true
	}
}

// A server that asks for another group with a HelloRetryRequest.
func TestHelloRetryRequest(t *testing.T) {
	p := newPair(keyPair(t, false), only(VersionTLS13, 0))
	p.client.CurvePreferences = []gotls.CurveID{gotls.X25519, gotls.CurveP384}
	p.server.CurvePreferences = []gotls.CurveID{gotls.CurveP384}
	chunks := talk(t, p.client, p.server)
	l, _ := decrypt(keysOf(p.log.String()), chunks, 1000)
	wantAll(t, l)
}

// Secrets that come after the records they open.
func TestSecretsComeLate(t *testing.T) {
	for _, version := range []uint16{VersionTLS12, VersionTLS13} {
		p := newPair(keyPair(t, false), only(version, 0))
		chunks := talk(t, p.client, p.server)
		keys := NewKeys(10)
		keys.Expect()
		l, c := decrypt(keys, chunks, 1000)
		if l.plain[0].Len() > 0 || !c.Waits() {
			t.Fatal("decrypted without secrets, or does not wait")
		}
		lines := strings.SplitAfter(p.log.String(), "\n")
		for _, line := range lines {
			keys.AddLog([]byte(line))
			c.Retry()
		}
		wantAll(t, l)
		want := []Side{fromClient, fromServer, fromClient, fromServer, fromClient, fromServer, fromServer, fromServer, fromServer}
		if fmt.Sprint(l.order[:len(want)]) != fmt.Sprint(want) && version == VersionTLS12 {
			t.Errorf("order %v", l.order)
		}
		if c.Waits() || c.d.held != 0 {
			t.Errorf("waits %v, %d bytes held", c.Waits(), c.d.held)
		}
	}
}

// What waits is bounded, and what was given up is not decrypted later; what follows is.
func TestGiveUp(t *testing.T) {
	for _, version := range []uint16{VersionTLS12, VersionTLS13} {
		p := newPair(keyPair(t, false), only(version, 0))
		chunks := talk(t, p.client, p.server)
		cut := len(chunks) - 4
		keys := NewKeys(10)
		keys.Expect()
		l, c := decrypt(keys, chunks[:cut], 1000)
		c.GiveUp()
		if c.Waits() || c.d.held != 0 || c.d.stats.Dropped == 0 {
			t.Errorf("waits %v, %d held, %+v", c.Waits(), c.d.held, c.d.stats)
		}
		keys.AddLog(p.log.Bytes())
		feed(c, chunks[cut:], 1000)
		if got := l.plain[fromServer].String(); !strings.HasSuffix(got, "long long ") {
			t.Errorf("%s: %d bytes after the secrets had come", VersionName(version), len(got))
		}
	}
	p := newPair(keyPair(t, false), nil)
	keys := NewKeys(10)
	keys.Expect()
	chunks := talk(t, p.client, p.server)
	c := NewDecrypter(keys, Limits{MaxHeld: 10000, MaxHeldTotal: 1 << 20}).Open(new(listener))
	c.Likely = true
	feed(c, chunks, 1000)
	if c.Waits() {
		t.Errorf("%d bytes wait", c.heldBytes)
	}
	// A connection that is not likely to be of use leaves half of the room to those that are.
	d := NewDecrypter(keys, Limits{MaxHeld: 90000, MaxHeldTotal: 90000})
	unlikely, likely := d.Open(new(listener)), d.Open(new(listener))
	likely.Likely = true
	feed(unlikely, chunks, 1000)
	feed(likely, chunks, 1000)
	if unlikely.Waits() || !likely.Waits() {
		t.Errorf("unlikely waits: %v, likely waits: %v", unlikely.Waits(), likely.Waits())
	}
}

// A direction whose packets come later than those of the other one.
func TestDirectionsOutOfStep(t *testing.T) {
	for _, version := range []uint16{VersionTLS12, VersionTLS13} {
		p := newPair(keyPair(t, false), only(version, 0))
		chunks := talk(t, p.client, p.server)
		for _, first := range []Side{fromClient, fromServer} {
			var sorted []chunk
			for _, side := range []Side{first, 1 - first} {
				for _, k := range chunks {
					if k.side == side {
						sorted = append(sorted, k)
					}
				}
			}
			l, _ := decrypt(keysOf(p.log.String()), sorted, 1000)
			wantAll(t, l)
		}
	}
}

// Only the client was captured: TLS 1.3 can be read, TLS 1.2 cannot, as it needs the random of the server.
func TestOneDirection(t *testing.T) {
	p := newPair(keyPair(t, false), only(VersionTLS13, 0))
	var own []chunk
	for _, k := range talk(t, p.client, p.server) {
		if k.side == fromClient {
			own = append(own, k)
		}
	}
	l, c := decrypt(keysOf(p.log.String()), own, 1000)
	if !c.Waits() {
		t.Error("does not wait for the server")
	}
	c.GiveUp()
	if got, want := l.plain[0].String(), strings.Join(said[0], ""); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Lost bytes anywhere: what follows is decrypted again, and the loss is reported.
func TestGap(t *testing.T) {
	for _, version := range []uint16{VersionTLS12, VersionTLS13} {
		suite := uint16(0)
		if version == VersionTLS12 {
			suite = gotls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
		}
		p := newPair(keyPair(t, false), only(version, suite))
		chunks := talk(t, p.client, p.server)
		last := 0
		for i, k := range chunks {
			if k.side == fromServer {
				last = i
			}
		}
		// the long answer of the server is in the last chunks; find its first one
		for last > 0 && chunks[last-1].side == fromServer {
			last--
		}
		for _, lost := range []struct{ from, n int }{{0, 10}, {5, 100}, {1000, 20}, {900, 5000}, {0, 16408}, {3, 20000}} {
			l := new(listener)
			c := NewDecrypter(keysOf(p.log.String()), limits).Open(l)
			feed(c, chunks[:last], 1<<20)
			before := l.plain[fromServer].Len()
			var all []byte
			for _, k := range chunks[last:] {
				if k.side == fromServer {
					all = append(all, k.data...)
				}
			}
			done := c.Data(fromServer, 1, bytes.Clone(all[:lost.from]), true)
			_ = done
			c.Gap(fromServer, 1, lost.n)
			rest := bytes.Clone(all[lost.from+lost.n:])
			if n := c.Data(fromServer, 2, rest, true); n > len(rest) {
				t.Fatal(n)
			}
			got := l.plain[fromServer].String()[before:]
			if !strings.HasSuffix(got, "long long ") || len(got) >= 50000 || l.lost[fromServer] == 0 {
				t.Errorf("%s, %d bytes lost at %d: %d bytes, %d losses", VersionName(version), lost.n, lost.from, len(got), l.lost[fromServer])
			}
		}
	}
}

// The client changes its keys: a KeyUpdate under the keys in use, and what follows under the next.
func TestKeyUpdate(t *testing.T) {
	p := newPair(keyPair(t, false), only(VersionTLS13, 0))
	chunks := talk(t, p.client, p.server)
	l, c := decrypt(keysOf(p.log.String()), chunks, 1000)
	h := &c.half[fromClient]
	secret := bytes.Clone(h.secret.bytes())
	seq := h.seq
	for round := range 3 {
		var records []byte
		records = append(records, sealGCM(t, c.neg.suite, secret, seq, append([]byte{keyUpdate, 0, 0, 1, 0}, handshakeRecord, 0, 0))...)
		next, err := hkdf.Expand(c.neg.suite.prf.New, secret, string(append([]byte{0, byte(len(secret)), 17}, "tls13 traffic upd\x00"...)), len(secret))
		if err != nil {
			t.Fatal(err)
		}
		secret, seq = next, 1
		text := fmt.Sprintf("round %d ", round)
		records = append(records, sealGCM(t, c.neg.suite, secret, 0, append([]byte(text), applicationData))...)
		l.plain[fromClient].Reset()
		if n := c.Data(fromClient, 1, records, false); n != len(records) {
			t.Errorf("%d of %d bytes done", n, len(records))
		}
		if got := l.plain[fromClient].String(); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	// The KeyUpdate of the last round is lost.
	next, err := hkdf.Expand(c.neg.suite.prf.New, secret, string(append([]byte{0, byte(len(secret)), 17}, "tls13 traffic upd\x00"...)), len(secret))
	if err != nil {
		t.Fatal(err)
	}
	l.plain[fromClient].Reset()
	c.Gap(fromClient, 2, 27)
	c.Data(fromClient, 2, sealGCM(t, c.neg.suite, next, 3, append([]byte("after"), applicationData)), false)
	if got := l.plain[fromClient].String(); got != "after" || l.lost[fromClient] == 0 {
		t.Errorf("%q after the gap, %d losses", got, l.lost[fromClient])
	}
}

// sealGCM returns a record of TLS 1.3.
func sealGCM(t *testing.T, s suite, secret []byte, seq uint64, inner []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(expandLabel(s.prf, secret, "key", s.key))
	if err != nil {
		t.Fatal(err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := expandLabel(s.prf, secret, "iv", 12)
	binary.BigEndian.PutUint64(nonce[4:], binary.BigEndian.Uint64(nonce[4:])^seq)
	record := []byte{applicationData, 3, 3, 0, byte(len(inner) + 16)}
	return append(record, seal.Seal(nil, nonce, inner, record)...)
}

// Without keys nothing is held, and what is in clear is read.
func TestWithoutKeys(t *testing.T) {
	p := newPair(keyPair(t, true), only(VersionTLS12, 0))
	l, c := decrypt(nil, talk(t, p.client, p.server), 1000)
	i := c.Info()
	if l.plain[0].Len() > 0 || c.Waits() || i.Decrypted || i.Subject == "" || i.Protocol != "sip" {
		t.Errorf("%+v, waits %v", i, c.Waits())
	}
	p = newPair(keyPair(t, true), only(VersionTLS13, 0))
	if l, c = decrypt(keysOf(""), talk(t, p.client, p.server), 1000); l.plain[0].Len() > 0 || c.Waits() || c.Info().Version != VersionTLS13 {
		t.Errorf("%+v, waits %v", c.Info(), c.Waits())
	}
}

// The secrets of a connection go when it ends.
func TestSecretsEndWithTheConnection(t *testing.T) {
	p := newPair(keyPair(t, false), nil)
	chunks := talk(t, p.client, p.server)
	keys := keysOf(p.log.String())
	_, one := decrypt(keys, chunks, 1000)
	_, two := decrypt(keys, chunks, 1000)
	one.Close()
	if len(keys.logged) != 1 {
		t.Fatalf("%d connections in the store while one of two goes on", len(keys.logged))
	}
	two.Close()
	if len(keys.logged) != 0 || two.secrets != ([labels]secret{}) || two.half[0].cipher != nil {
		t.Error("secrets are left")
	}
	two.Close()
}

func FuzzConn(f *testing.F) {
	p := newPair(keyPair(f, false), only(VersionTLS12, 0))
	q := newPair(keyPair(f, false), only(VersionTLS13, 0))
	log := ""
	for _, p := range []*pair{p, q} {
		var sides [2][]byte
		for _, k := range talk(f, p.client, p.server) {
			if len(sides[k.side]) < 4000 {
				sides[k.side] = append(sides[k.side], k.data...)
			}
		}
		log += p.log.String()
		f.Add(sides[0], sides[1], 100, log)
	}
	f.Fuzz(func(t *testing.T, a, b []byte, piece int, log string) {
		piece = max(1, min(piece, 1<<16))
		keys := keysOf(log)
		keys.Expect()
		l := new(listener)
		c := NewDecrypter(keys, Limits{MaxHeld: 1 << 16, MaxHeldTotal: 1 << 16}).Open(l)
		feed(c, []chunk{{0, a}, {1, b}, {0, a}}, piece)
		c.Gap(0, 9, piece)
		feed(c, []chunk{{0, b}}, piece)
		if c.heldBytes > 1<<16 {
			t.Errorf("%d bytes held", c.heldBytes)
		}
		c.GiveUp()
		if c.Waits() {
			t.Error("waits after it gave up")
		}
		c.Close()
		if c.d.held != 0 {
			t.Errorf("%d bytes held after the end", c.d.held)
		}
	})
}
