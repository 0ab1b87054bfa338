package httpserver

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	var alive, ready error
	h := handler([]Page{
		secrets[0],
		{Path: "/healthz", Title: "200 while <all> is well", Handler: Check(func() error { return alive })},
		{Path: "/readyz", Title: "200 when ready", Handler: Check(func() error { return ready })},
		{Path: "/always", Handler: Check(nil)},
	})
	for _, test := range []struct {
		method   string
		path     string
		alive    error
		ready    error
		code     int
		contains string
	}{
		{path: "/", code: 200, contains: "<dt><a href=\"metrics\">/metrics</a><dd>numbers\n"},
		{path: "/", code: 200, contains: "<dt><a href=\"healthz\">/healthz</a><dd>200 while &lt;all&gt; is well\n"},
		{path: "/favicon.ico", code: 404},
		{path: "/metrics", code: 200, contains: "sipspan_calls_total 3\n"},
		{method: http.MethodPost, path: "/metrics", code: 405},
		{path: "/healthz", code: 200, contains: "ok\n"},
		{path: "/healthz", alive: errors.New("worker 3 stands still"), code: 503, contains: "worker 3 stands still\n"},
		{path: "/readyz", alive: errors.New("x"), code: 200, contains: "ok\n"},
		{path: "/readyz", ready: errors.New("not capturing yet"), code: 503, contains: "not capturing yet\n"},
		{path: "/always", code: 200, contains: "ok\n"},
	} {
		alive, ready = test.alive, test.ready
		if test.method == "" {
			test.method = http.MethodGet
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
		if text := w.Body.String(); w.Code != test.code || !strings.Contains(text, test.contains) {
			t.Errorf("%s %s: %d, without %q: %.300s", test.method, test.path, w.Code, test.contains, text)
		}
	}
}

func TestHTML(t *testing.T) {
	w := httptest.NewRecorder()
	HTML([]byte("<p>")).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusOK || w.Body.String() != "<p>" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
}
