//go:build linux

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// receiver is where alerts are sent, as to Alertmanager and as to a webhook, and collector where HEP goes.
const receiver, collector = "127.0.0.1:9478", "127.0.0.1:9479"

// mood is how a peer behaves.
type mood int32

const (
	obliging mood = iota
	hanging       // takes connections, and neither reads nor answers
	refusing      // closes each connection, or answers that it is unavailable
	babbling      // answers something that is none of the protocol
)

// peers are those that the daemon sends to.
type peers struct {
	mood           atomic.Int32
	alerts, packed atomic.Int64 // requests that were answered well, and bytes of HEP
}

// serve runs the peers until ctx ends.
func (p *peers) serve(ctx context.Context) error {
	alerts, err := net.Listen("tcp", receiver)
	if err != nil {
		return err
	}
	hep, err := net.Listen("tcp", collector)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(p.answer), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(alerts) }() // until it is closed
	go func() {
		for {
			conn, err := hep.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go p.collect(ctx, conn)
			}
		}
	}()
	context.AfterFunc(ctx, func() { server.Close(); hep.Close() })
	return nil
}

// answer answers what posts alerts.
func (p *peers) answer(w http.ResponseWriter, r *http.Request) {
	switch mood(p.mood.Load()) {
	case hanging:
		<-r.Context().Done()
	case refusing:
		http.Error(w, "not now", http.StatusServiceUnavailable)
	case babbling:
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_, _ = conn.Write([]byte("\x1b[2J\x00\xff no HTTP\r\n\r\n\n")) // no matter who reads it
			conn.Close()
		}
	default:
		_, _ = io.Copy(io.Discard, r.Body)
		p.alerts.Add(1)
	}
}

// collect takes what comes over a connection with HEP.
func (p *peers) collect(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	buf := make([]byte, 64<<10)
	for {
		switch mood(p.mood.Load()) {
		case hanging:
			time.Sleep(100 * time.Millisecond)
			continue
		case refusing:
			return
		case babbling:
			_, _ = conn.Write([]byte("HEP4 \xff\x00")) // a collector answers nothing
		}
		n, err := conn.Read(buf)
		p.packed.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// drip asks the daemon for its metrics and reads the answer a byte at a time, until ctx ends or the daemon has had enough.
func drip(ctx context.Context) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := conn.Write([]byte("GET /metrics HTTP/1.1\r\nHost: soak\r\n\r\n")); err != nil {
		return
	}
	for one := make([]byte, 1); ; time.Sleep(100 * time.Millisecond) {
		if _, err := conn.Read(one); err != nil {
			return
		}
	}
}
