package reassembly

import (
	"fmt"
	"math/rand"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func peerOf(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 5060)
}

// A message that grows beyond the limit is offered a last time and dropped.
func TestKeptLimit(t *testing.T) {
	config := DefaultConfig().TCP
	config.MaxHeldBytes = 64 << 10
	finals := 0
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int {
		if f.Final {
			finals++
		}
		if len(b) > 64<<10 {
			t.Errorf("offered %d bytes", len(b))
		}
		return 0
	}
	s := NewStreams(config, c)
	for i := range uint32(200) {
		s.Add(0, up(i*1000, 0, 0, strings.Repeat("x", 1000)))
	}
	st := s.Stats()
	if finals != 3 || st.Overruns != 3 || st.LostBytes != 3*65000 {
		t.Errorf("%d final offers, %+v", finals, st)
	}
	if diff := cmp.Diff([]string{"40000 gap 65000", "40000 gap 65000", "40000 gap 65000"}, c.events); diff != "" {
		t.Error(diff)
	}
}

// A gap is given up when too much waits behind it.
func TestHeldLimit(t *testing.T) {
	config := DefaultConfig().TCP
	config.MaxHeldBytes = 64 << 10
	c := newCollector(t)
	s := NewStreams(config, c)
	s.Add(0, up(0, 0, 0, "0123456789"))
	for i := range uint32(100) {
		s.Add(0, up(20+i*1000, 0, 0, strings.Repeat("x", 1000)))
	}
	if diff := cmp.Diff([]string{"40000 gap 10"}, c.events); diff != "" {
		t.Error(diff)
	}
	if st := s.Stats(); st.Overruns != 1 || st.HeldBytes != 0 {
		t.Errorf("%+v", st)
	}
	if got := len(c.bytes[client.String()]); got != 10+1+100*1000 {
		t.Errorf("%d bytes shown", got)
	}
}

// Many connections together stay within the total, the oldest pay.
func TestTotalLimit(t *testing.T) {
	for _, gaps := range []bool{true, false} {
		config := DefaultConfig().TCP
		config.MaxHeldTotal = 1 << 20
		c := newCollector(t)
		c.take = func(f *Flow, b []byte) int { return 0 }
		s := NewStreams(config, c)
		for i := range 2000 {
			s.Add(0, segmentOf(peerOf(i), server, 0, 0, syn, ""))
			seq := uint32(1)
			if gaps {
				seq = 11
			}
			s.Add(0, segmentOf(peerOf(i), server, seq, 0, 0, "part of a message"))
			if got := s.Stats().HeldBytes; got > config.MaxHeldTotal {
				t.Fatalf("%d bytes held after %d connections", got, i)
			}
		}
		if st := s.Stats(); st.Overruns < 1000 || st.Active != 2000 {
			t.Errorf("gaps %v: %+v", gaps, st)
		}
		s.Close(0)
		checkEmpty(t, s)
	}
}

// The table evicts what is missed least: the ended, the ignored, the unanswered,
// then the one that was silent for longest.
func TestEviction(t *testing.T) {
	config := DefaultConfig().TCP
	config.MaxConnections = 5
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int {
		if strings.HasPrefix(string(b), "GET") {
			return Ignore
		}
		return len(b)
	}
	s := NewStreams(config, c)
	from := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(client.Addr(), port) }
	send := func(port uint16, text string) { s.Add(0, segmentOf(from(port), server, 1, 0, 0, text)) }
	send(1, "live, silent for longest")
	send(2, "live")
	s.Add(0, segmentOf(from(3), server, 1, 0, syn, ""))
	send(4, "GET /")
	send(5, "ends")
	s.Add(0, segmentOf(from(5), server, 5, 0, fin, ""))
	send(6, "takes the place of 5, which ended")
	send(7, "of 4, which is ignored")
	send(8, "of 3, which has no answer")
	send(9, "of 1")
	send(1, "of 2")
	want := []string{"5 fin", "3 evicted", "1 evicted", "2 evicted"}
	if diff := cmp.Diff(want, c.events); diff != "" {
		t.Error(diff)
	}
	if st := s.Stats(); st.Evicted != 4 || st.Active != 5 {
		t.Errorf("%+v", st)
	}
}

// Nothing is ever listed twice, lost or left behind, whatever comes: segments of
// few connections with all flags, small windows and limits.
func TestAnythingStaysBounded(t *testing.T) {
	for seed := range int64(15) {
		r := rand.New(rand.NewSource(seed))
		config := StreamsConfig{MaxConnections: 4, MaxHeldBytes: 16 << 10, MaxHeldTotal: 24 << 10, IdleTimeout: 50e9, GapTimeout: 5e9}
		c := newCollector(t)
		c.take = func(f *Flow, b []byte) int { return r.Intn(len(b)+40) - 2 }
		s := NewStreams(config, c)
		now := int64(0)
		for range 3000 {
			a, b := peerOf(r.Intn(6)), server
			if r.Intn(2) == 0 {
				a, b = b, a
			}
			p := segmentOf(a, b, uint32(r.Intn(3000)), uint32(r.Intn(3000)), 0, strings.Repeat("y", r.Intn(600)))
			if r.Intn(8) == 0 {
				p.TCP.Flags |= 1 << r.Intn(3)
			}
			if r.Intn(50) == 0 {
				p.TCP.Seq = r.Uint32()
			}
			now += r.Int63n(second)
			s.Add(now, p)
			if st := s.Stats(); st.Active > 4 || st.HeldBytes > 24<<10 {
				t.Fatalf("seed %d: %+v", seed, st)
			}
		}
		s.Close(now)
		checkEmpty(t, s)
		var sum uint64
		for _, n := range s.Stats().Fates {
			sum += n
		}
		if sum != 3000 {
			t.Fatalf("seed %d: %d fates for 3000 segments", seed, sum)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the default configuration: %v", err)
	}
	var c Config
	c.TCP.MaxHeldBytes = 70000
	want := strings.Join([]string{
		"fragments.max_datagrams: expected at least 1, got 0",
		"fragments.max_bytes: expected at least 131072, got 0",
		"fragments.timeout: expected a duration above zero, got 0s",
		"tcp.max_connections: expected at least 1, got 0",
		"tcp.max_held_total: expected at least 70000, got 0",
		"tcp.idle_timeout: expected a duration above zero, got 0s",
		"tcp.gap_timeout: expected a duration above zero, got 0s",
		"websocket.max_message_bytes: expected at least 65536, got 0",
		"sctp.max_associations: expected at least 1, got 0",
		"sctp.max_message_bytes: expected at least 65536, got 0",
		"sctp.idle_timeout: expected a duration above zero, got 0s",
		"sctp.gap_timeout: expected a duration above zero, got 0s",
	}, "\n")
	if diff := cmp.Diff(want, fmt.Sprint(c.Validate())); diff != "" {
		t.Error(diff)
	}
}

// The readers of several sources hold no more than one may, and each can do its work.
func TestDivided(t *testing.T) {
	c := DefaultConfig()
	for _, n := range []int{0, 1, 2, 7, 1000} {
		d := c.Divided(n)
		if err := d.Validate(); err != nil {
			t.Errorf("%d: %v", n, err)
		}
		if n < 2 && d != c {
			t.Errorf("%d: %+v", n, d)
		}
		if n == 7 && (7*d.Fragments.MaxBytes > c.Fragments.MaxBytes || 7*d.TCP.MaxHeldTotal > c.TCP.MaxHeldTotal ||
			7*d.WebSocket.MaxHeldTotal > c.WebSocket.MaxHeldTotal || 7*d.SCTP.MaxHeldTotal > c.SCTP.MaxHeldTotal) {
			t.Errorf("%+v", d)
		}
	}
}
