package keylog

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/reassembly/tls"
)

func line(n int) string {
	return fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", n, n)
}

func write(t *testing.T, path string, flags int, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A file that is not there yet, grows, grows in the middle of a line, is replaced and is cut.
func TestFollow(t *testing.T) {
	var log bytes.Buffer
	keys := tls.NewKeys(100)
	path := filepath.Join(t.TempDir(), "keys.log")
	f := Follow([]string{path}, keys, slog.New(slog.NewTextHandler(&log, nil)))
	step := func(want uint64) {
		t.Helper()
		f.Poll()
		if keys.Changes() != want {
			t.Errorf("%d secrets, want %d", keys.Changes(), want)
		}
	}
	step(0)
	step(0)
	if n := strings.Count(log.String(), "cannot read"); n != 1 {
		t.Errorf("%d warnings: %s", n, log.String())
	}
	write(t, path, os.O_APPEND, line(1)+line(2)[:50])
	step(1)
	write(t, path, os.O_APPEND, line(2)[50:])
	step(2)
	write(t, path, os.O_APPEND, strings.Repeat("x", 100_000)+"\n"+line(3))
	step(3)
	write(t, path+".new", os.O_APPEND, line(4))
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	step(4)
	write(t, path, os.O_TRUNC, line(5)[:100])
	step(4)
	write(t, path, os.O_TRUNC, line(5))
	step(5)
	if strings.Contains(log.String(), "CLIENT_RANDOM") || !strings.Contains(log.String(), "can be read") {
		t.Errorf("log %s", log.String())
	}
	if bytes.Contains(f.files[0].buf, []byte("RANDOM")) {
		t.Error("a line is left in memory")
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good"), filepath.Join(dir, "bad")
	write(t, good, 0, "# comment\n"+strings.TrimSuffix(line(1), "\n"))
	write(t, bad, 0, "SECRET TEXT\n")
	keys := tls.NewKeys(100)
	if err := Follow([]string{good}, keys, nil).Load(); err != nil || keys.Changes() != 1 {
		t.Errorf("%v, %d secrets", err, keys.Changes())
	}
	err := Follow([]string{bad, filepath.Join(dir, "none")}, keys, nil).Load()
	if err == nil || !strings.Contains(err.Error(), "no key log") || !strings.Contains(err.Error(), "none") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error %v", err)
	}
}

func TestPrivateKeys(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for name, tt := range map[string]struct{ text, want string }{
		"PKCS #8":   {block("CERTIFICATE", []byte("x")) + block("PRIVATE KEY", pkcs8(key)), ""},
		"PKCS #1":   {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), ""},
		"curve":     {block("PRIVATE KEY", pkcs8(curve)), "no RSA key"},
		"encrypted": {block("ENCRYPTED PRIVATE KEY", []byte("x")), "encrypted"},
		"broken":    {block("PRIVATE KEY", []byte("x")), "cannot be read"},
		"none":      {"text", "no private key in PEM"},
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		write(t, path, 0, tt.text)
		keys := tls.NewKeys(1)
		err := AddPrivateKeys([]string{path}, keys)
		if tt.want == "" && (err != nil || keys.Changes() != 1) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, %d keys", name, err, keys.Changes())
		}
	}
}
