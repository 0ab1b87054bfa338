package httpserver

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSlowClients connects as clients that send no request, half of one, and one that is too large: each connection ends, and others
// are answered meanwhile.
func TestSlowClients(t *testing.T) {
	s, err := Listen(Config{Enabled: true, Listen: "127.0.0.1:0"}, []Page{{Path: "/healthz", Handler: Check(nil)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.http.ReadHeaderTimeout <= 0 || s.http.ReadTimeout <= 0 || s.http.WriteTimeout <= 0 || s.http.IdleTimeout <= 0 || s.http.MaxHeaderBytes <= 0 {
		t.Errorf("a limit is missing: %+v", s.http)
	}
	s.http.ReadHeaderTimeout, s.http.ReadTimeout = 50*time.Millisecond, 50*time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	for name, sent := range map[string]string{
		"nothing": "", "half a request": "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", "too much": "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 2*maxHeader),
	} {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, sent) // the server may have closed it already
		response, err := http.Get("http://" + s.Addr().String() + "/healthz")
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s: meanwhile: %v %v", name, response, err)
		} else {
			response.Body.Close()
		}
		_, _ = io.Copy(io.Discard, c) // returns when the server has closed it
		c.Close()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestPprof serves profiles on a socket for the owner alone, replaces one that was left, and nothing else.
func TestPprof(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pprof")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	stop, err := ServePprof(Pprof{path})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /debug/pprof/goroutine?debug=1 HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(response.Body); err != nil || !strings.HasPrefix(string(text), "goroutine profile:") {
		t.Errorf("%v %.100s", err, text)
	}
	c.Close()
	if _, err := ServePprof(Pprof{path}); err == nil {
		t.Error("the socket of a server that runs was taken")
	}
	stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ServePprof(Pprof{path}); err == nil {
		t.Error("a file was replaced")
	}
	if stop, err = ServePprof(Pprof{}); err != nil {
		t.Error(err)
	}
	stop()
}
