package wire

import (
	"net/netip"
	"strings"
	"testing"
)

func TestShardOfIsStable(t *testing.T) {
	if a, b := ShardOf(HashCallID([]byte("a84b4c76e66710@pc33.atlanta.example.com"))), ShardOf(HashCallID(nil)); a != 14 || b != 25 {
		t.Errorf("shards %d and %d: a change of the hash changes what is evicted", a, b)
	}
}

func TestHashCallIDCutsLongOnes(t *testing.T) {
	long := []byte(strings.Repeat("x", MaxText))
	if HashCallID(long) != HashCallID(append(long, 'y')) {
		t.Error("what is cut off a Call-ID changes its hash")
	}
	if HashCallID(long) == HashCallID(long[1:]) {
		t.Error("two Call-IDs share a hash")
	}
}

func TestTransportNames(t *testing.T) {
	for x := range NumTransports {
		name, label := Transport(x).String(), Transport(x).Label()
		if name == "" || strings.ToLower(name) != label {
			t.Errorf("transport %d: %q and %q", x, name, label)
		}
	}
}

func TestSameAs(t *testing.T) {
	a, b := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060")
	e := NetworkEvent{Time: 1, Kind: ConnectionReset, Src: a, Dst: b}
	for _, test := range []struct {
		name string
		o    NetworkEvent
		want bool
	}{
		{"itself", e, true},
		{"the other direction", NetworkEvent{Time: 1, Kind: ConnectionReset, Src: b, Dst: a}, true},
		{"another time", NetworkEvent{Time: 2, Kind: ConnectionReset, Src: a, Dst: b}, false},
		{"another kind", NetworkEvent{Time: 1, Kind: ConnectionRefused, Src: a, Dst: b}, false},
		{"another flow", NetworkEvent{Time: 1, Kind: ConnectionReset, Src: a, Dst: a}, false},
	} {
		if e.SameAs(&test.o) != test.want {
			t.Errorf("%s: %v", test.name, !test.want)
		}
	}
}

func TestIsOrderly(t *testing.T) {
	for _, test := range []struct {
		kind NetworkKind
		code uint16
		want bool
	}{
		{WebSocketClosed, 1000, true}, {WebSocketClosed, 1001, true}, {WebSocketClosed, 1005, true}, {WebSocketClosed, 1011, false},
		{WebSocketRefused, 401, true}, {WebSocketRefused, 503, false},
		{AssociationShutdown, 0, true}, {AssociationAborted, 12, false}, {AssociationRefused, 0, false}, {ConnectionReset, 0, false},
	} {
		if e := (NetworkEvent{Kind: test.kind, Code: test.code}); e.IsOrderly() != test.want {
			t.Errorf("%d with code %d: %t", test.kind, test.code, !test.want)
		}
	}
}
