package hep

import (
	"net"
	"sync"
	"testing"
)

// collectors accepts connections and gives each to take, until the test ends.
func collectors(t *testing.T, take func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			take(conn)
			t.Cleanup(func() { conn.Close() })
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

// TestMisbehavingCollectors sends far more than fits into the queue to collectors that take connections and no more, that close them, and that
// answer what is no TLS. Nobody waits for them, what is lost is counted, and the end comes at once.
func TestMisbehavingCollectors(t *testing.T) {
	silent := func(net.Conn) {}
	closing := func(c net.Conn) { c.Close() }
	babbling := func(c net.Conn) { _, _ = c.Write([]byte("\x1b[2J\x00\xff\r\n\r\n")) }
	for name, destination := range map[string]string{
		"hangs":           "tcp:" + collectors(t, silent),
		"hangs in TLS":    "tls:" + collectors(t, silent),
		"closes":          "tcp:" + collectors(t, closing),
		"closes in TLS":   "tls:" + collectors(t, closing),
		"answers garbage": "tcp:" + collectors(t, babbling),
		"garbage for TLS": "tls:" + collectors(t, babbling),
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultConfig()
			c.Destinations, c.QueueBytes = []string{destination}, 1<<20
			s := sender(t, c)
			const n = 20_000
			message := make([]byte, 1000)
			for range n {
				s.Message(&meta, message, nil)
			}
			s.Close(0)
			got := s.Stats()
			if got.Delivered+got.Errors+got.Queued != n || name != "answers garbage" && got.Errors == 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}
