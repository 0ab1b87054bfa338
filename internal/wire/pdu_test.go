package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"sipspan/record"
)

func TestPDURoundTrip(t *testing.T) {
	v4, v6 := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("[2001:db8::1]:65535")
	for _, m := range []Meta{
		{}, {Src: v4, Dst: v6, Transport: TLS}, {Src: v6, Dst: v4, Transport: WSS, Flags: record.NoAddresses | record.Truncated},
		{Src: Party("Alice"), Dst: v4}, {Dst: Party("a proxy"), Transport: SCTP}, {Flags: record.AllFlags},
	} {
		var got Meta
		text, ok := ReadPDU(append(AppendPDU(nil, &m), "BYE"...), &got)
		if !ok || string(text) != "BYE" || got != m {
			t.Errorf("%+v became %+v, %q, %v", m, got, text, ok)
		}
	}
}

// TestTagsArePadded walks the tags as Wireshark does, which goes on after as many bytes as the length says.
func TestTagsArePadded(t *testing.T) {
	m := Meta{Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: Party("a proxy"), Transport: TLS, Flags: record.Truncated}
	b := AppendPDU(nil, &m)
	n := 0
	for ; len(b) >= 4; n++ {
		size := int(binary.BigEndian.Uint16(b[2:]))
		if size%4 != 0 || size > len(b)-4 {
			t.Fatalf("a tag of %d bytes, with %d left", size, len(b)-4)
		}
		if b = b[4+size:]; len(b) == 0 {
			break
		}
	}
	if n != 6 {
		t.Errorf("%d tags before the last", n)
	}
}

// TestPDUOfWireshark reads what tshark -U "OSI layer 7" exports: the number of the original frame is a tag that nobody needs.
func TestPDUOfWireshark(t *testing.T) {
	data, err := hex.DecodeString(strings.ReplaceAll("000c0004 73697000 00140004 c80101c9 00150004 c8010114 00180004 00000002 00190004 00000a2c 001a0004 000013c4 001e0004 00000004 00000000 494e56", " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	var m Meta
	text, ok := ReadPDU(data, &m)
	want := Meta{Src: netip.MustParseAddrPort("200.1.1.201:2604"), Dst: netip.MustParseAddrPort("200.1.1.20:5060"), Transport: TCP}
	if !ok || string(text) != "INV" || m != want {
		t.Errorf("%+v, %q, %v", m, text, ok)
	}
	copy(data[4:], "rtp\x00")
	if _, ok := ReadPDU(data, &m); ok {
		t.Error("another protocol was read as SIP")
	}
}

func TestParty(t *testing.T) {
	a, b := Party("Alice"), Party("Bob")
	if a == b || a != Party("Alice") || !IsParty(a) || !a.IsValid() || strings.Contains(a.String(), "Alice") {
		t.Errorf("%v and %v", a, b)
	}
	if Party("").IsValid() || IsParty(netip.MustParseAddrPort("[::]:0")) {
		t.Error("there is a party without a name")
	}
}

func FuzzReadPDU(f *testing.F) {
	m := Meta{Src: Party("x"), Dst: netip.MustParseAddrPort("[2001:db8::1]:5060"), Flags: record.NoTimes}
	f.Add(append(AppendPDU(nil, &m), "OPTIONS"...))
	f.Add([]byte{0, 12, 0xff, 0xff, 's', 'i', 'p', 0})
	f.Add([]byte{0xff, 3, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Meta
		text, ok := ReadPDU(data, &m)
		if !ok {
			return
		}
		if !bytes.HasSuffix(data, text) || int(m.Transport) >= NumTransports || m.Flags&^record.AllFlags != 0 {
			t.Fatalf("%+v of %x", m, data)
		}
		var again Meta
		if _, ok := ReadPDU(AppendPDU(nil, &m), &again); !ok || again != m {
			t.Fatalf("%+v became %+v", m, again)
		}
	})
}
