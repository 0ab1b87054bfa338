package hep

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// TestReloadKeepsADestination changes what is sent while messages come. The destination that stays misses none, over one connection.
func TestReloadKeepsADestination(t *testing.T) {
	stays, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer stays.Close()
	goes, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer goes.Close()
	c := DefaultConfig()
	c.Destinations, c.NodeID, c.AuthKey = []string{"tcp:" + stays.Addr().String()}, 9, "key"
	s := sender(t, c)
	const messages = 5000
	var beside sync.WaitGroup
	beside.Go(func() {
		for i := range messages {
			s.Message(&meta, fmt.Append(nil, i), []byte("of all"))
		}
	})
	both := c
	both.Destinations = append(both.Destinations, "tcp:"+goes.Addr().String())
	beside.Go(func() {
		for range 20 {
			for _, next := range []Config{both, c} {
				if err := s.Reload(next); err != nil {
					t.Error(err)
				}
				s.Stats()
			}
		}
	})
	conn, err := stays.Accept()
	check(t, err)
	defer conn.Close()
	for i, got := range readStream(t, conn, messages) {
		if got != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got)
		}
	}
	beside.Wait()
	check(t, goes.Close()) // what waits for it is given up with the last of its connections
	s.Close(time.Minute)
	if got := s.Stats(); got.Queued != 0 || got.Delivered < messages {
		t.Errorf("%+v", got)
	}
}

// TestReloadWithAnotherKey changes what stands in later messages, and begins with no destination at all.
func TestReloadWithAnotherKey(t *testing.T) {
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(t, err)
	defer u.Close()
	c := DefaultConfig()
	s := sender(t, c)
	s.Message(&meta, []byte("to nobody"), nil)
	c.Destinations, c.NodeID, c.AuthKey = []string{"udp:" + u.LocalAddr().String()}, 1, "another"
	check(t, s.Reload(c))
	c.NodeID, c.AuthKey = 9, "key"
	check(t, s.Reload(c))
	broken := c
	broken.Destinations, broken.CAFile = []string{"tls:127.0.0.1:1"}, t.TempDir()+"/none"
	if err := s.Reload(broken); err == nil {
		t.Error("a file of certificates that is not there is no fault")
	}
	s.Message(&meta, []byte("with the key"), []byte("of all"))
	buf := make([]byte, 1<<16)
	n, _, err := u.ReadFrom(buf)
	check(t, err)
	if got := payload(t, buf[:n]); got != "with the key" {
		t.Errorf("%q", got)
	}
	s.Close(time.Minute)
	check(t, s.Reload(c)) // after the end nothing is sent any more
}
