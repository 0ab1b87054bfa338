package websocket

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	peer "github.com/coder/websocket"
)

// tap is a connection that keeps what it reads and writes.
type tap struct {
	net.Conn
	mu            sync.Mutex
	read, written []byte
}

func (c *tap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, b[:n]...)
	return n, err
}

func (c *tap) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = append(c.written, b...)
	return c.Conn.Write(b)
}

// TestAgainstAnotherImplementation lets a client and a server of another implementation talk, and reads both directions.
func TestAgainstAnotherImplementation(t *testing.T) {
	for name, mode := range map[string]peer.CompressionMode{
		"plain": peer.CompressionDisabled, "compressed": peer.CompressionContextTakeover, "compressed, each message alone": peer.CompressionNoContextTakeover,
	} {
		t.Run(name, func(t *testing.T) {
			messages := make([]string, 20)
			for i := range messages {
				messages[i] = strings.Replace(invite, "bob", fmt.Sprint("bob", i), 1) + strings.Repeat(fmt.Sprint("line ", i, "\r\n"), 20*i)
			}
			c := echo(t, mode, messages)
			c.mu.Lock()
			defer c.mu.Unlock()
			request, n := ParseHandshake(c.written)
			response, k := ParseHandshake(c.read)
			client, server := response.Deflate()
			if !request.Upgrade || !request.Speaks("sip") || response.Status != 101 || !response.Upgrade || client.Use != (mode != peer.CompressionDisabled) {
				t.Fatalf("%+v, %+v", request, response)
			}
			want := make([]string, 0, len(messages)+1)
			for _, m := range messages {
				want = append(want, fmt.Sprintf("%q cut=false", m))
			}
			want = append(want, "close 1000")
			m := NewMemory(Config{MaxMessageBytes: 64 << 10, MaxHeldTotal: 1 << 20})
			for side, got := range map[string][]string{
				"client": read(t, NewReader(m, client, false), c.written[n:]),
				"server": read(t, NewReader(m, server, false), c.read[k:]),
			} {
				if !slices.Equal(got, want) {
					t.Errorf("%s: %.2000q", side, got)
				}
			}
		})
	}
}

// echo sends messages to a server that sends them back, and returns the client's connection.
func echo(t *testing.T, mode peer.CompressionMode, messages []string) *tap {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := peer.Accept(w, r, &peer.AcceptOptions{Subprotocols: []string{"sip"}, CompressionMode: mode, CompressionThreshold: 1})
		if err != nil {
			return
		}
		for {
			kind, b, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), kind, b) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	var c *tap
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		c = &tap{Conn: conn}
		return c, err
	}}}
	conn, _, err := peer.Dial(t.Context(), s.URL, &peer.DialOptions{HTTPClient: client, Subprotocols: []string{"sip"}, CompressionMode: mode, CompressionThreshold: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := conn.Write(t.Context(), peer.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
		if _, b, err := conn.Read(t.Context()); err != nil || string(b) != m {
			t.Fatalf("%v, %q", err, b)
		}
	}
	if err := conn.Close(peer.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	return c
}
