package reassembly

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"sipspan/internal/packet"
)

// tenant is one of several connections between the same two ends.
type tenant struct {
	realms [2]uint32 // of the client's segments and of the server's
	next   [2]uint32
	sent   [2][]byte
	id     uint64 // of its connection
}

// byTenant is a Handler that keeps the bytes of each connection apart.
type byTenant map[uint64]*[2][]byte

func (h byTenant) Data(f *Flow, _ int64, data []byte) int {
	if h[f.ID] == nil {
		h[f.ID] = new([2][]byte)
	}
	way := 0
	if f.Src == server {
		way = 1
	}
	h[f.ID][way] = append(h[f.ID][way], data...)
	return len(data)
}

func (byTenant) Gap(*Flow, int64, int) {}

func (byTenant) End(*Flow, int64, End) {}

func (byTenant) Window(*Flow, int64, int64, bool) {}

// TestTenants sends segments of connections between the same ends at the same time, with and without their beginnings. The two directions
// of a connection have realms of their own or the same one, and some segments are captured in a further realm as well.
func TestTenants(t *testing.T) {
	for _, whole := range []bool{true, false} {
		rnd := rand.New(rand.NewPCG(1, 2))
		h := byTenant{}
		s := NewStreams(DefaultConfig().TCP, h)
		now := int64(0)
		send := func(n *tenant, way int, flags packet.Flags, payload string) {
			now++
			p := segmentOf(client, server, n.next[0], n.next[1], flags, payload)
			if way == 1 {
				p = segmentOf(server, client, n.next[1], n.next[0], flags, payload)
			}
			if flags == packet.SYN && way == 0 {
				p.TCP.Ack, p.TCP.Flags = 0, packet.SYN
			}
			p.Realm = n.realms[way]
			s.Add(now, p)
			if n.id == 0 {
				n.id = s.Flow().ID
			}
			if s.Flow().ID != n.id {
				t.Fatalf("whole %v: a segment of connection %d went to %d", whole, n.id, s.Flow().ID)
			}
			if rnd.IntN(3) == 0 { // routed into another VLAN
				again := *p
				again.Realm += 1000
				s.Add(now, &again)
			}
			n.next[way] += uint32(len(payload))
			if flags&packet.SYN != 0 {
				n.next[way]++
			}
			n.sent[way] = append(n.sent[way], payload...)
		}
		tenants := []*tenant{
			{realms: [2]uint32{0, 0}, next: [2]uint32{1, 2 << 28}},
			{realms: [2]uint32{5, 5}, next: [2]uint32{3 << 28, 4 << 28}},
			{realms: [2]uint32{6, 7}, next: [2]uint32{5 << 28, 6 << 28}},
			{realms: [2]uint32{8, 9}, next: [2]uint32{7 << 28, 8 << 28}},
		}
		for _, n := range tenants {
			if whole {
				send(n, 0, packet.SYN, "")
				send(n, 1, packet.SYN, "")
			}
		}
		for i := range 2000 {
			n := tenants[rnd.IntN(len(tenants))]
			send(n, rnd.IntN(2), 0, fmt.Sprint(i, " "))
		}
		if got := s.Stats(); got.Active != len(tenants) || got.Replaced != 0 {
			t.Errorf("whole %v: %+v", whole, got)
		}
		for i, n := range tenants {
			got := h[n.id]
			if got == nil || !bytes.Equal(got[0], n.sent[0]) || !bytes.Equal(got[1], n.sent[1]) {
				t.Errorf("whole %v: the bytes of connection %d are not those that were sent", whole, i)
			}
		}
		s.Close(now)
		if s.known != 0 || len(s.table) != 0 {
			t.Errorf("whole %v: %d connections are left, %d ends", whole, s.known, len(s.table))
		}
	}
}

// TestManyAlike opens more connections between two ends than are known at a time, and more than the table holds.
func TestManyAlike(t *testing.T) {
	for _, most := range []int{1000, 5} {
		c := DefaultConfig().TCP
		c.MaxConnections = most
		s := NewStreams(c, byTenant{})
		const opened = 100
		for i := range opened {
			p := up(uint32(i)<<24, 0, packet.SYN, "")
			p.Realm = uint32(i + 1)
			s.Add(int64(i), p)
		}
		want := min(most, maxAlike)
		if got := s.Stats(); got.Active != want || got.Evicted != uint64(opened-want) {
			t.Errorf("at most %d: %d connections, %d evicted", most, got.Active, got.Evicted)
		}
		latest := up(uint32(opened-1)<<24+1, 0, 0, "x")
		latest.Realm = opened
		if s.Add(opened, latest) != Taken || s.Flow().MidStream {
			t.Errorf("at most %d: the latest connection is not known", most)
		}
		s.Close(opened)
		if s.known != 0 || len(s.table) != 0 {
			t.Errorf("%d connections are left", s.known)
		}
	}
}

// TestOtherRealmIsNoReset sends an RST and a SYN with the addresses of a connection in another realm: the connection goes on.
func TestOtherRealmIsNoReset(t *testing.T) {
	h := byTenant{}
	s := NewStreams(DefaultConfig().TCP, h)
	for _, step := range append(handshake(100, 900), step{0, up(101, 901, 0, "INVITE"), Taken}) {
		s.Add(0, step.p)
	}
	for _, p := range []*packet.Packet{up(1<<30, 0, packet.RST, ""), up(1<<30, 0, packet.SYN, "")} {
		p.Realm = 5
		s.Add(1, p)
	}
	if fate := s.Add(2, up(107, 901, 0, " sip:")); fate != Taken || string(h[s.Flow().ID][0]) != "INVITE sip:" {
		t.Errorf("%v, %q", fate, h[s.Flow().ID][0])
	}
}
