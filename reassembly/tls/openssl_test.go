package tls

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	gotls "crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// sslServer is "openssl s_server", which answers each line with the line in reverse, with a tap before it.
type sslServer struct {
	dir, addr string
	tap       *wiretap
	proxy     net.Listener
	in        io.Writer // what it sends of its own
}

// writeCertificate writes a certificate and its key as OpenSSL reads them.
func writeCertificate(t *testing.T, dir string, cert gotls.Certificate) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func startServer(t *testing.T, cert gotls.Certificate, args ...string) *sslServer {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl") // make test installs it
	}
	s := &sslServer{dir: t.TempDir(), tap: &wiretap{}}
	writeCertificate(t, s.dir, cert)
	server := exec.Command(openssl, append([]string{"s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-keylogfile", "keys.log", "-cipher", "ALL:@SECLEVEL=0"}, args...)...)
	server.Dir = s.dir
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if s.in, err = server.StdinPipe(); err != nil { // at the end of its input it would close the connection
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
			s.addr = addr
			break
		}
	}
	if s.addr == "" {
		t.Fatal("s_server does not listen")
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.proxy, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.proxy.Close() })
	return s
}

// client connects s_client through the tap, lets it send the lines and waits for the answers. It returns what was on the wire.
func (s *sslServer) client(t *testing.T, lines []string, args ...string) []chunk {
	t.Helper()
	s.tap.chunks = nil
	var proxied sync.WaitGroup
	proxied.Go(func() { s.forward(t) })
	client := exec.Command("openssl", append([]string{"s_client", "-connect", s.proxy.Addr().String()}, args...)...)
	client.Dir = s.dir
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	client.Stderr = &complaints
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(out)
	for _, line := range lines {
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			t.Fatal(err)
		}
		for want := reversed(line); answers.Scan() && answers.Text() != want; {
		}
	}
	in.Close()
	_, _ = io.Copy(io.Discard, out)
	if err := client.Wait(); err != nil {
		t.Fatalf("s_client: %v\n%s", err, complaints.String())
	}
	proxied.Wait()
	return s.tap.chunks
}

// forward copies one connection to the server and back.
func (s *sslServer) forward(t *testing.T) {
	client, err := s.proxy.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer client.Close()
	server, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(tapped{server, s.tap, fromClient}, client)
		_ = server.(*net.TCPConn).CloseWrite()
	})
	both.Go(func() {
		_, _ = io.Copy(tapped{client, s.tap, fromServer}, server)
		_ = client.(*net.TCPConn).CloseWrite()
	})
	both.Wait()
}

func (s *sslServer) keys(t *testing.T) *Keys {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.dir, "keys.log"))
	if err != nil {
		t.Fatal(err)
	}
	return keysOf(string(log))
}

func reversed(line string) string {
	b := []byte(line)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// wantLines checks that the lines and their answers were decrypted.
func wantLines(t *testing.T, l *listener, lines []string) {
	t.Helper()
	var want [2]string
	for _, line := range lines {
		want[0] += line + "\n"
		want[1] += reversed(line) + "\n"
	}
	for side, text := range want {
		if got := l.plain[side].String(); got != text {
			t.Errorf("side %d: %.100q, want %.100q", side, got, text)
		}
	}
}

// Suites that the standard library lacks.
func TestOpenSSL(t *testing.T) {
	rsaCert, ecdsaCert := keyPair(t, true), keyPair(t, false)
	lines := []string{"OPTIONS sip:example.com SIP/2.0", strings.Repeat("a long line ", 500)}
	for _, suite := range []string{
		"AES128-CCM", "AES256-CCM", "AES128-CCM8", "DHE-RSA-AES256-CCM8", "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES256-CCM8",
		"ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA256", "AES256-SHA256", "DHE-RSA-AES256-SHA",
		"DHE-RSA-CHACHA20-POLY1305", "DHE-RSA-AES256-GCM-SHA384",
		"PSK-AES128-CBC-SHA256", "PSK-AES256-GCM-SHA384", "PSK-AES128-CCM8", "DHE-PSK-AES128-CBC-SHA", "ECDHE-PSK-AES256-CBC-SHA384", "ECDHE-PSK-CHACHA20-POLY1305", "RSA-PSK-AES128-GCM-SHA256",
	} {
		for _, etm := range []string{"", "-no_etm"} {
			if etm != "" && !strings.Contains(suite, "SHA") || etm != "" && strings.Contains(suite, "GCM") {
				continue // it has nothing to do with these
			}
			t.Run(suite+etm, func(t *testing.T) {
				cert := rsaCert
				if strings.Contains(suite, "ECDSA") {
					cert = ecdsaCert
				}
				s := startServer(t, cert, "-rev", "-psk", "0102030405")
				args := []string{"-quiet", "-no_ign_eof", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0"}
				if strings.Contains(suite, "PSK") {
					args = append(args, "-psk", "0102030405")
				}
				if etm != "" {
					args = append(args, etm)
				}
				chunks := s.client(t, lines, args...)
				l, c := decrypt(s.keys(t), chunks, 1000)
				wantLines(t, l, lines)
				if etm != "" && c.neg.encryptThenMAC {
					t.Error("encrypt-then-MAC")
				}
			})
		}
	}
	for _, suite := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"} {
		t.Run(suite, func(t *testing.T) {
			s := startServer(t, ecdsaCert, "-rev", "-ciphersuites", suite)
			chunks := s.client(t, lines, "-quiet", "-no_ign_eof", "-tls1_3", "-cipher", "ALL:@SECLEVEL=0", "-ciphersuites", suite)
			l, _ := decrypt(s.keys(t), chunks, 1000)
			wantLines(t, l, lines)
		})
	}
}

// The key exchange RSA, and a session that goes on by its ID or by a ticket.
func TestOpenSSLPrivateKey(t *testing.T) {
	cert := keyPair(t, true)
	lines := []string{"OPTIONS sip:example.com SIP/2.0"}
	for _, option := range []string{"-no_ticket", "-no_etm"} {
		s := startServer(t, cert, "-rev")
		keys := NewKeys(1)
		keys.AddPrivateKey(cert.PrivateKey.(*rsa.PrivateKey))
		d := NewDecrypter(keys, limits)
		for _, session := range []string{"-sess_out", "-sess_in"} {
			args := []string{"-quiet", "-no_ign_eof", "-tls1_2", "-cipher", "AES128-GCM-SHA256", session, "session", option}
			l := new(listener)
			feed(d.Open(l), s.client(t, lines, args...), 1000)
			wantLines(t, l, lines)
		}
	}
}

// A session of TLS 1.2 that goes on, a PSK of TLS 1.3 from outside, and early data.
func TestOpenSSLSessions(t *testing.T) {
	cert := keyPair(t, false)
	lines := []string{"OPTIONS sip:example.com SIP/2.0"}
	t.Run("resumed", func(t *testing.T) {
		s := startServer(t, cert, "-rev")
		for _, session := range []string{"-sess_out", "-sess_in"} {
			chunks := s.client(t, lines, "-quiet", "-no_ign_eof", "-tls1_2", session, "session")
			l, _ := decrypt(s.keys(t), chunks, 1000)
			wantLines(t, l, lines)
		}
	})
	t.Run("PSK", func(t *testing.T) {
		s := startServer(t, cert, "-rev", "-psk", "0102030405")
		chunks := s.client(t, lines, "-quiet", "-no_ign_eof", "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-psk", "0102030405")
		l, c := decrypt(s.keys(t), chunks, 1000)
		wantLines(t, l, lines)
		if c.Info().Subject != "" {
			t.Error("the server has sent a certificate")
		}
	})
	t.Run("early data", func(t *testing.T) {
		s := startServer(t, cert, "-early_data")
		early := "INVITE sip:early@example.com SIP/2.0\n"
		if err := os.WriteFile(filepath.Join(s.dir, "early"), []byte(early), 0o600); err != nil {
			t.Fatal(err)
		}
		var chunks []chunk
		for _, args := range [][]string{{"-sess_out", "session"}, {"-sess_in", "session", "-early_data", "early"}} {
			if _, err := io.WriteString(s.in, reversed(lines[0])+"\n"); err != nil { // this server does not answer by itself
				t.Fatal(err)
			}
			chunks = s.client(t, lines, append(args, "-quiet", "-no_ign_eof", "-tls1_3")...)
		}
		l, _ := decrypt(s.keys(t), chunks, 1000)
		if got := l.plain[fromClient].String(); got != early+lines[0]+"\n" {
			t.Errorf("%q", got)
		}
		log, err := os.ReadFile(filepath.Join(s.dir, "keys.log"))
		if err != nil {
			t.Fatal(err)
		}
		l, _ = decrypt(keysOf(strings.ReplaceAll(string(log), "CLIENT_EARLY", "OTHER_EARLY")), chunks, 1000)
		if got := l.plain[fromClient].String(); got != lines[0]+"\n" {
			t.Errorf("without the secret of the early data: %q", got)
		}
	})
}
