package app

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestWatchdogWantsEverybodyToAdvance(t *testing.T) {
	var beats []uint64
	w := watchdog{beats: func() []uint64 { return beats }}
	for i, step := range []struct {
		beats []uint64
		want  bool
	}{
		{[]uint64{0, 0, 0}, true},
		{[]uint64{1, 1, 1}, true},
		{[]uint64{2, 1, 2}, false},
		{[]uint64{3, 1, 3}, false},
		{[]uint64{3, 2, 4}, false},
		{[]uint64{4, 3, 5}, true},
	} {
		beats = step.beats
		if got := w.check(); got != step.want || (w.alive() == nil) != step.want {
			t.Errorf("check %d at %v: %v, alive: %v; want %v", i, step.beats, got, w.alive(), step.want)
		}
	}
}

// socket stands in for systemd.
func socket(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	s, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return s
}

// hears waits for the next message to systemd.
func hears(t *testing.T, s *net.UnixConn, want string) {
	t.Helper()
	buf := make([]byte, 64)
	n, err := s.Read(buf)
	if err != nil || string(buf[:n]) != want {
		t.Errorf("systemd hears %q, %v; want %q", buf[:n], err, want)
	}
}

func TestWatchdogIsFedWhileBeatsAdvance(t *testing.T) {
	s := socket(t)
	t.Setenv("WATCHDOG_USEC", "1")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	beat := uint64(0)
	w := watchdog{beats: func() []uint64 { beat++; return []uint64{beat} }}
	ended := make(chan struct{})
	go func() { defer close(ended); w.run(ctx) }()
	hears(t, s, "WATCHDOG=1")
	cancel()
	<-ended
}

func TestFeeding(t *testing.T) {
	t.Setenv("WATCHDOG_PID", "")
	for usec, want := range map[string]time.Duration{"": defaultPeriod, "30000000": 10 * time.Second, "3000000": minPeriod} {
		t.Setenv("WATCHDOG_USEC", usec)
		if period, fed := feeding(); period != want || fed != (usec != "") {
			t.Errorf("WATCHDOG_USEC=%q: every %v, fed %v", usec, period, fed)
		}
	}
}
