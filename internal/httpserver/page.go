package httpserver

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// Page is what the server shows under one path.
type Page struct {
	Path    string // begins with a slash
	Title   string // what is there, for the index
	Handler http.Handler
}

// handler serves the pages, each for GET and HEAD, and at / an index of them.
func handler(pages []Page) http.Handler {
	mux := http.NewServeMux()
	for _, p := range pages {
		mux.Handle("GET "+p.Path, p.Handler)
	}
	text := index(pages)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	})
	return mux
}

// named puts the name of the program into every answer.
func named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", serverName)
		next.ServeHTTP(w, r)
	})
}

const (
	indexHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>sipspan</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:3em auto;max-width:36em;padding:0 1em}dt{font-family:monospace}</style>
<h1>sipspan</h1>
<p>A passive SIP monitor.</p>
<dl>
`
	indexTail = `</dl>
</html>
`
)

// index lists the pages with relative links, which work through a proxy that adds a prefix.
func index(pages []Page) string {
	var out strings.Builder
	out.WriteString(indexHead)
	for _, p := range pages {
		fmt.Fprintf(&out, "<dt><a href=\"%s\">%s</a><dd>%s\n",
			html.EscapeString(strings.TrimPrefix(p.Path, "/")), html.EscapeString(p.Path), html.EscapeString(p.Title))
	}
	out.WriteString(indexTail)
	return out.String()
}

// HTML serves a page that stays the same.
func HTML(text []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(text) // who has gone away does not want it
	})
}

// Check answers 200 when all is well and 503 with the reason when it is not. A nil function is always well.
func Check(well func() error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if well != nil {
			if err := well(); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprintln(w, err)
				return
			}
		}
		fmt.Fprintln(w, "ok")
	})
}
