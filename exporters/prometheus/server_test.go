package prometheus

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"go.uber.org/goleak"
	"golang.org/x/crypto/bcrypt"
)

var quiet = slog.New(slog.DiscardHandler)

func get(t *testing.T, h http.Handler, path, accept string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPages(t *testing.T) {
	var alive, ready error
	h := handler(DefaultConfig(), Options{Snapshot: fixed, Alive: func() error { return alive }, Ready: func() error { return ready }, Logger: quiet}, created)
	for _, test := range []struct {
		path     string
		alive    error
		ready    error
		code     int
		contains string
	}{
		{path: "/", code: 200, contains: `<a href="metrics">`},
		{path: "/favicon.ico", code: 404},
		{path: "/healthz", code: 200, contains: "ok\n"},
		{path: "/healthz", alive: errors.New("worker 3 stands still"), code: 503, contains: "worker 3 stands still\n"},
		{path: "/readyz", alive: errors.New("x"), code: 200, contains: "ok\n"},
		{path: "/readyz", ready: errors.New("not capturing yet"), code: 503, contains: "not capturing yet\n"},
		{path: "/metrics", code: 200, contains: `sipspan_calls_total{disposition="answered"} 3`},
		{path: "/metrics", code: 200, contains: "go_goroutines"},
		{path: "/metrics", code: 200, contains: "process_start_time_seconds"},
	} {
		alive, ready = test.alive, test.ready
		r := get(t, h, test.path, "")
		if text := body(t, r); r.StatusCode != test.code || !strings.Contains(text, test.contains) {
			t.Errorf("%s: %d, without %q: %.300s", test.path, r.StatusCode, test.contains, text)
		}
	}
}

func TestFormats(t *testing.T) {
	h := handler(DefaultConfig(), Options{Snapshot: fixed, Logger: quiet}, created)
	r := get(t, h, "/metrics", "application/openmetrics-text;version=1.0.0")
	if text := body(t, r); !strings.HasPrefix(r.Header.Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(text, "# EOF\n") {
		t.Errorf("OpenMetrics: %s, ends %q", r.Header.Get("Content-Type"), text[max(0, len(text)-20):])
	}
	r = get(t, h, "/metrics", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	if format := expfmt.ResponseFormat(r.Header); format.FormatType() != expfmt.TypeProtoDelim {
		t.Errorf("protobuf, which carries the native buckets: %v", format)
	}
}

func serve(t *testing.T, c Config) (*Server, func() error) {
	t.Helper()
	s, err := Listen(c, Options{Snapshot: fixed, Logger: quiet})
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
	s, stop := serve(t, Config{MaxSeries: 1, Enabled: true, Listen: "127.0.0.1:0"})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + s.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, r); text != "ok\n" {
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
	_, stop := serve(t, Config{MaxSeries: 1, Enabled: true, Listen: "127.0.0.1:0"})
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
	s, stop := serve(t, Config{MaxSeries: 1, Enabled: true, Listen: "127.0.0.1:0", WebConfigFile: path})
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
	if _, err := Listen(Config{MaxSeries: 1, Enabled: true, Listen: l.Addr().String()}, Options{Logger: quiet}); err == nil || !strings.Contains(err.Error(), "serving metrics: listen tcp") {
		t.Errorf("a port in use: %v", err)
	}
}

func TestConfigValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yml")
	if err := os.WriteFile(broken, []byte("tls: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		`listen: "9506": expected address:port such as 127.0.0.1:9506`:  {MaxSeries: 1, Enabled: true, Listen: "9506"},
		`listen: "a:70000": expected address:port`:                      {MaxSeries: 1, Enabled: true, Listen: "a:70000"},
		`web_config_file: expected a readable file: stat /no/such`:      {MaxSeries: 1, Enabled: true, Listen: ":0", WebConfigFile: "/no/such"},
		`max_series: 0: expected a number from 1 to 1000000`:            {},
		`top_domains: 1001: expected a number from 0 to 1000`:           {MaxSeries: 1, TopDomains: 1001},
		`top_user_agents: -1: expected a number from 0 to 1000`:         {MaxSeries: 1, TopUserAgents: -1},
		`web_config_file: ` + broken + `: expected a web configuration`: {MaxSeries: 1, Enabled: true, Listen: ":0", WebConfigFile: broken},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", c, err, want)
		}
	}
	if err := (Config{MaxSeries: 1}).Validate(); err != nil {
		t.Errorf("switched off: %v", err)
	}
}
