package httpserver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/bcrypt"
)

var quiet = slog.New(slog.DiscardHandler)

// secrets is the page of the tests.
var secrets = []Page{{Path: "/metrics", Title: "numbers", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "sipspan_calls_total 3")
})}}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func serve(t *testing.T, c Config) (*Server, func() error) {
	t.Helper()
	s, err := Listen(c, secrets, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	return s, func() error {
		cancel()
		return <-ended
	}
}

func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t)
	s, stop := serve(t, Config{Enabled: true, Listen: "127.0.0.1:0"})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + s.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, r); text != "sipspan_calls_total 3\n" {
		t.Errorf("%q", text)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if l, err := net.Listen("tcp", s.Addr().String()); err != nil {
		t.Errorf("the port is not free: %v", err)
	} else {
		l.Close()
	}
}

func TestServeStoppedBeforeItBegan(t *testing.T) {
	defer goleak.VerifyNone(t)
	_, stop := serve(t, Config{Enabled: true, Listen: "127.0.0.1:0"})
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestBasicAuthentication(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(path, []byte("basic_auth_users:\n  prometheus: "+string(hash)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, stop := serve(t, Config{Enabled: true, Listen: "127.0.0.1:0", WebConfigFile: path})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for password, code := range map[string]int{"": 401, "wrong": 401, "secret": 200} {
		request, err := http.NewRequest(http.MethodGet, "http://"+s.Addr().String()+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			request.SetBasicAuth("prometheus", password)
		}
		r, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body(t, r)
		if r.StatusCode != code {
			t.Errorf("password %q: %d, want %d", password, r.StatusCode, code)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// selfSigned writes a certificate for 127.0.0.1 and its key into a folder and returns who trusts it.
func selfSigned(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sipspan"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

// TestTLSAndBasicAuthentication serves with both at once: nothing is shown in clear, nor to who has no password.
func TestTLSAndBasicAuthentication(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	pool := selfSigned(t, folder)
	path := filepath.Join(folder, "web.yml")
	web := "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n  min_version: TLS13\nbasic_auth_users:\n  prometheus: " + string(hash) + "\n"
	if err := os.WriteFile(path, []byte(web), 0o600); err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	c.Listen, c.WebConfigFile = "127.0.0.1:0", path
	s, stop := serve(t, c)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	ask := func(scheme, password string) (int, string) {
		request, err := http.NewRequest(http.MethodGet, scheme+"://"+s.Addr().String()+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth("prometheus", password)
		r, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if scheme == "https" && r.TLS.Version != tls.VersionTLS13 {
			t.Errorf("TLS %x", r.TLS.Version)
		}
		return r.StatusCode, body(t, r)
	}
	if code, text := ask("https", "secret"); code != 200 || !strings.Contains(text, "sipspan_calls_total") {
		t.Errorf("%d %.100s", code, text)
	}
	if code, text := ask("https", "wrong"); code != 401 || strings.Contains(text, "sipspan_") {
		t.Errorf("a wrong password: %d %.100s", code, text)
	}
	if code, text := ask("http", "secret"); code == 200 || strings.Contains(text, "sipspan_") {
		t.Errorf("in clear: %d %.100s", code, text)
	}
	other := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if _, err := other.Get("https://" + s.Addr().String() + "/metrics"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a client that does not know the certificate: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestListenErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := Listen(Config{Enabled: true, Listen: l.Addr().String()}, nil, quiet); err == nil || !strings.Contains(err.Error(), "serving HTTP: listen tcp") {
		t.Errorf("a port in use: %v", err)
	}
}
