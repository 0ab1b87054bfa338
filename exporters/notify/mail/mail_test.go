package mail

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

// server is a mail server on this machine.
type server struct {
	addr   string
	tls    *tls.Config
	reply  string // to the end of a mail
	offers string // extension
	direct bool   // TLS from the first byte on

	mu    sync.Mutex
	mails []string
	said  []string
}

func start(t *testing.T, s *server) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { defer conn.Close(); s.talk(conn) })
		}
	})
	t.Cleanup(func() { listener.Close(); open.Wait() })
	return s
}

func (s *server) talk(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if s.direct {
		conn = tls.Server(conn, s.tls)
	}
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = io.WriteString(conn, text+"\r\n") }
	say("220 test")
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			return
		}
		text = strings.TrimRight(text, "\r\n")
		s.mu.Lock()
		s.said = append(s.said, text)
		s.mu.Unlock()
		switch word, _, _ := strings.Cut(strings.ToUpper(text), " "); word {
		case "EHLO", "HELO":
			say("250-test\r\n250-" + strings.ReplaceAll(s.offers, "250 ", "250-") + "\r\n250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(conn, s.tls)
			conn, in = secure, bufio.NewReader(secure)
		case "AUTH":
			say("235 in")
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			s.mu.Lock()
			s.mails = append(s.mails, b.String())
			s.mu.Unlock()
			say(s.reply)
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func alarm() *record.Alert {
	return &record.Alert{
		Header: record.Header{ID: "a1", Sensor: "span1"}, Rule: "invite-5xx", Severity: "critical", State: "firing",
		Summary: "Calls fail\r\nBcc: all@example.com\r\n\r\nbody", LikelyCause: "Störung\r\n.\r\nQUIT", Samples: []string{"c1\r\n.\r\nMAIL FROM:<x>"},
	}
}

// certificate returns a certificate of this machine, and who trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, pool
}

func config(s *server) Config {
	c := DefaultConfig()
	c.Server, c.From, c.To, c.Timeout = s.addr, "Sipspan <sipspan@example.com>", []string{"noc@example.com", "voice@example.com"}, time.Minute
	return c
}

func TestMail(t *testing.T) {
	secure, pool := certificate(t)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("thesecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, security := range []string{StartTLS, TLS} {
		t.Run(security, func(t *testing.T) { sends(t, security, secure, pool, password) })
	}
}

func sends(t *testing.T, security string, secure *tls.Config, pool *x509.CertPool, password string) {
	s := start(t, &server{tls: secure, reply: "250 taken", offers: "AUTH PLAIN", direct: security == TLS})
	if security == StartTLS {
		s.offers = "STARTTLS\r\n250 AUTH PLAIN"
	}
	c := config(s)
	c.Security, c.Username, c.PasswordFile = security, "sipspan", password
	m, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.roots = pool
	if err := errors.Join(m.Export(alarm()), m.Export(&record.Call{}), m.Flush()); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 1 {
		t.Fatalf("%d mails", len(s.mails))
	}
	letter, err := netmail.ReadMessage(strings.NewReader(s.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "[CRITICAL] Calls fail Bcc: all@example.com") {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	if letter.Header.Get("Bcc") != "" || letter.Header.Get("In-Reply-To") != "<a1@alerts.sipspan.invalid>" || letter.Header.Get("Message-Id") == "" {
		t.Errorf("the header is %v", letter.Header)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(letter.Body))
	if err != nil || !strings.Contains(string(body), "Likely cause: Störung . QUIT") || !strings.Contains(string(body), "  c1 . MAIL FROM:<x>") {
		t.Errorf("the body is %q, %v", body, err)
	}
	var to []string
	for _, line := range s.said {
		if strings.HasPrefix(line, "RCPT") {
			to = append(to, line)
		}
	}
	if len(to) != 2 {
		t.Errorf("the receivers are %q", to)
	}
}

func TestNoMailInTheClear(t *testing.T) {
	s := start(t, &server{reply: "250 taken", offers: "8BITMIME"}) // no STARTTLS
	m, err := Open(config(s))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	err = m.Export(alarm())
	var passing *exporters.TemporaryError
	if !errors.As(err, &passing) {
		t.Errorf("the error is %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 0 {
		t.Error("a mail was sent in the clear")
	}
}

func TestRefusals(t *testing.T) {
	for reply, again := range map[string]bool{"250 taken": false, "451 later \x1b[31m": true, "554 never": false} {
		s := start(t, &server{reply: reply, offers: "8BITMIME"})
		c := config(s)
		c.Security = None
		m, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Export(alarm())
		var passing *exporters.TemporaryError
		if got := errors.As(err, &passing); got != again || (err == nil) != strings.HasPrefix(reply, "250") {
			t.Errorf("%s: %v", reply, err)
		}
		if err != nil && strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%q", err)
		}
		m.Interrupt()
		if err := m.Export(alarm()); err == nil {
			t.Error("it was sent after the end")
		}
		m.Close()
	}
	m, err := Open(Config{Server: "127.0.0.1:1", Security: None, From: "a@example.com", To: []string{"b@example.com"}, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var passing *exporters.TemporaryError
	if err := m.Export(alarm()); !errors.As(err, &passing) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestImpossibleSettings(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("thesecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := Config{Server: "mail.example:587", Security: StartTLS, Username: "u", PasswordFile: password, From: "a@example.com", To: []string{"b@example.com"}, Timeout: time.Second}
	if err := errors.Join(good.Validate(), DefaultConfig().Validate()); err != nil {
		t.Error(err)
	}
	if text, err := good.password(); err != nil || text != "thesecret" {
		t.Errorf("%q, %v", text, err)
	}
	for want, change := range map[string]func(*Config){
		`server: "mail.example"`:                        func(c *Config) { c.Server = "mail.example" },
		`security: "ssl"`:                               func(c *Config) { c.Security = "ssl" },
		"security: a password is not sent in the clear": func(c *Config) { c.Security = None },
		"from: ":          func(c *Config) { c.From = "a@b.c>\r\nBcc: x@y.z" },
		"to[0]: ":         func(c *Config) { c.To = []string{"nobody"} },
		"username: ":      func(c *Config) { c.PasswordFile = "" },
		"password_file: ": func(c *Config) { c.PasswordFile = "/no/such" },
		"timeout: 0s":     func(c *Config) { c.Timeout = 0 },
	} {
		c := good
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprint(err), "thesecret") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
