package ingest

import (
	"net/netip"
	"testing"

	"sipspan/capture"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/record"
)

// metas is a handler that keeps what it is told of messages.
type metas []wire.Meta

func (h *metas) Message(m *wire.Meta, _, _ []byte) bool {
	*h = append(*h, *m)
	return true
}

func (h *metas) NetworkEvent(*wire.NetworkEvent, uint64, bool) {}

func (*metas) TLS(*wire.TLSConnection) {}

// TestPDU gives messages that are no packets: each has one fate, and what its tags say of it reaches the handler.
func TestPDU(t *testing.T) {
	const message = "OPTIONS sip:b SIP/2.0\r\nCall-ID: 1\r\n\r\n"
	meta := wire.Meta{Src: netip.MustParseAddrPort("192.0.2.1:5061"), Dst: wire.Party("b"), Transport: wire.TLS, Flags: record.NoAddresses}
	frame := func(clock capture.Clock, data string) *capture.Frame {
		return &capture.Frame{Link: capture.LinkUpperPDU, Clock: clock, Number: 7, Length: len(data), Data: append(wire.AppendPDU(nil, &meta), data...)}
	}
	h := new(metas)
	in := New(reassembly.DefaultConfig(), Options{}, h)
	in.Frame(frame(capture.ClockNone, message), 1, 1)
	in.Frame(frame(capture.ClockUndated, message), 2, 2)
	in.Frame(frame(capture.ClockKnown, "OPTIONS sip:b SIP/3\r\n\r\n"), 3, 3)
	in.Frame(frame(capture.ClockKnown, "\r\n\r\n"), 4, 4)
	in.Frame(frame(capture.ClockKnown, "hello"), 5, 5)
	in.Frame(&capture.Frame{Link: capture.LinkUpperPDU, Data: []byte{0, 20, 0}}, 6, 6)
	in.Close(7)

	if len(*h) != 3 {
		t.Fatalf("%d messages", len(*h))
	}
	want := meta
	want.Time, want.Packet, want.Whole, want.Flags = 1, 7, true, record.NoAddresses|record.NoTimes
	if (*h)[0] != want {
		t.Errorf("%+v, want %+v", (*h)[0], want)
	}
	if got := (*h)[1].Flags; got != record.NoAddresses|record.NoDates {
		t.Errorf("flags %v", got.AppendNames(nil))
	}
	a := in.Snapshot().Account
	if a.Missing() != 0 || a.Delivered != 2 || a.Ignored[IgnoredNotSIP] != 2 || a.Ignored[IgnoredKeepAlive] != 1 || a.Ignored[IgnoredMalformedSIP] != 1 {
		t.Errorf("account %+v", a)
	}
}
