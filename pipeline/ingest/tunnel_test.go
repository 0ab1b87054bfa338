package ingest

import (
	"net/netip"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/reassembly"
)

var (
	phone, proxy = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	left, right  = netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2")
)

// datagram is the IP packet of a request with a body of so many bytes.
func datagram(body int) []byte {
	text := strings.ReplaceAll(options, "\n", "\r\n")
	text = strings.Replace(text, "Length: 0", "Length: "+strings.Repeat("0", 3)+"1000", 1) + strings.Repeat("x", body)
	return pcapwrite.Build([]byte(text), pcapwrite.IP(phone, proxy, 7), pcapwrite.UDP{Src: 5060, Dst: 5060})
}

// inVXLAN puts IP packets into VXLAN, without the link layer.
func inVXLAN(packets ...[]byte) (out [][]byte) {
	for i, p := range packets {
		frame := pcapwrite.Framing{Link: pcapwrite.LinkEthernet}.Frame(p, phone, proxy)
		out = append(out, pcapwrite.Build(frame, pcapwrite.IP(left, right, uint16(i+1)), pcapwrite.UDP{Src: 33333, Dst: pcapwrite.VXLANPort},
			pcapwrite.VXLAN{VNI: 5001}))
	}
	return out
}

// feed shows frames of a link type to an Ingest and closes it.
func feed(o Options, link pcapwrite.Link, h Handler, frames ...[]byte) Account {
	in := New(reassembly.DefaultConfig(), o, h)
	for i, data := range frames {
		in.Frame(&capture.Frame{Data: data, Length: len(data), Link: capture.LinkType(link), Number: uint64(i + 1)}, int64(i), int64(i))
	}
	in.Close(int64(len(frames)))
	return in.Snapshot().Account
}

// TestFragmentsAndTunnels fragments the datagram around a tunnel, the one inside of it, and both.
func TestFragmentsAndTunnels(t *testing.T) {
	whole := datagram(1000)
	outside := pcapwrite.Fragments(inVXLAN(whole)[0], 400, 1)
	inside := inVXLAN(pcapwrite.Fragments(whole, 400, 1)...)
	var both [][]byte
	for _, p := range inside {
		both = append(both, pcapwrite.Fragments(p, 200, 1)...)
	}
	for name, packets := range map[string][][]byte{"outside": outside, "inside": inside, "both": both} {
		if len(packets) < 3 {
			t.Fatalf("%s: %d packets", name, len(packets))
		}
		var frames [][]byte
		for i := range packets {
			frames = append(frames, packets[len(packets)-1-i]) // the last one first
		}
		r := new(recorder)
		a := feed(Options{}, pcapwrite.LinkRaw, r, frames...)
		if len(r.lines) != 1 || a.Missing() != 0 || a.Delivered != uint64(len(frames)) || a.Held != 0 {
			t.Errorf("%s: %q, account %+v", name, r.lines, a)
		}
	}
}

func TestMaxTunnels(t *testing.T) {
	frame := inVXLAN(datagram(1000))
	twice := inVXLAN(frame...)
	for _, tt := range []struct {
		most  int
		found int
	}{{0, 2}, {1, 1}, {2, 2}, {1000, 2}} {
		r := new(recorder)
		a := feed(Options{MaxTunnels: tt.most}, pcapwrite.LinkRaw, r, frame[0], twice[0])
		if len(r.lines) != tt.found || a.Missing() != 0 || int(a.Delivered) != tt.found {
			t.Errorf("at most %d: %q, account %+v", tt.most, r.lines, a)
		}
	}
}

// TestAggregatedFrame holds the account to the packets in a wireless frame.
func TestAggregatedFrame(t *testing.T) {
	llc := append([]byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, datagram(1000)...)
	var body []byte
	for range 3 {
		body = append(body, make([]byte, 12)...)
		body = append(body, byte(len(llc)>>8), byte(len(llc)))
		body = append(body, llc...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	frame := append([]byte{0x88, 1, 23: 0x10, 24: 0x80, 25: 0}, body...)
	r := new(recorder)
	a := feed(Options{}, pcapwrite.LinkWiFi, r, frame)
	if len(r.lines) != 3 || a.Packets != 3 || a.Delivered != 3 || a.Missing() != 0 {
		t.Errorf("%q, account %+v", r.lines, a)
	}
}

// calls returns the packets of a TCP connection with requests of a tenant, each cut into two segments, and the responses to them.
func calls(tenant string, isn uint32) (packets []pcapwrite.Segment) {
	a, b := netip.AddrPortFrom(phone, 40000), netip.AddrPortFrom(proxy, 5060)
	c := pcapwrite.NewConn(a, b, isn, isn*7)
	packets = c.Open()
	for _, name := range []string{"1", "2", "3"} {
		request := strings.Replace(strings.ReplaceAll(options, "\n", "\r\n"), "Call-ID: ", "Call-ID: "+tenant+name, 1)
		_, fields, _ := strings.Cut(request, "\r\n")
		packets = append(packets, c.Send(a, []byte(request), 20)...)
		packets = append(packets, c.Send(b, []byte("SIP/2.0 200 OK\r\n"+fields), 30)...)
	}
	return packets
}

// numbered puts an IP packet into a VLAN or tunnel.
func numbered(kind string, number uint32, data []byte) []byte {
	outer := pcapwrite.IP(left, right, 0)
	f := pcapwrite.Framing{Link: pcapwrite.LinkEthernet}
	switch kind {
	case "vlan":
		f.Tunnel = []pcapwrite.Layer{pcapwrite.VLAN{ID: uint16(number)}}
	case "gtp":
		f.Tunnel = []pcapwrite.Layer{outer, pcapwrite.UDP{Src: pcapwrite.GTPPort, Dst: pcapwrite.GTPPort}, pcapwrite.GTP{TEID: number}}
	case "vxlan":
		f.Tunnel = []pcapwrite.Layer{outer, pcapwrite.UDP{Src: 33333, Dst: pcapwrite.VXLANPort}, pcapwrite.VXLAN{VNI: number}, pcapwrite.Ethernet{}}
	}
	return f.Frame(data, phone, proxy)
}

// TestTenants reads TCP connections of two tenants between the same addresses and ports at the same time, in networks that only their
// numbers tell apart. Nothing of the one is joined to the other. The two directions of a connection, which have numbers of their own
// in GTP-U, stay together, and what is captured in a further network as well counts once.
func TestTenants(t *testing.T) {
	for _, kind := range []string{"vlan", "vxlan", "gtp"} {
		for _, further := range []bool{false, true} {
			both := [2][]pcapwrite.Segment{calls("red", 1<<20), calls("blue", 1<<30)}
			var frames [][]byte
			for i := range both[0] {
				for tenant := range both {
					s := both[tenant][i]
					data := pcapwrite.Build(s.Payload, pcapwrite.IP(s.From.Addr(), s.To.Addr(), uint16(len(frames)+1)), s.Header)
					number := uint32(100 + 10*tenant)
					if kind == "gtp" && s.From.Addr() == proxy {
						number += 5
					}
					frames = append(frames, numbered(kind, number, data))
					if further {
						frames = append(frames, numbered(kind, number+500, data))
					}
				}
			}
			h, origins := new(metas), new(Origins)
			a := feed(Options{Origins: origins, Copies: new(Copies)}, pcapwrite.LinkEthernet, h, frames...)
			if len(*h) != 12 || a.Missing() != 0 || a.Skipped != 0 || further != (a.Ignored[IgnoredDuplicate] > 0) {
				t.Errorf("%s, further %v: %d messages, %+v", kind, further, len(*h), a)
			}
			streams := map[uint64]int{}
			for _, m := range *h {
				if m.Flags != 0 {
					t.Errorf("%s, further %v: %+v", kind, further, m)
				}
				streams[m.Stream]++
				if c := origins.Capture(m.Origin); kind == "vxlan" && c.VNI != 100 && c.VNI != 110 {
					t.Errorf("captured at %+v", c)
				}
			}
			if len(streams) != 2 {
				t.Errorf("%s, further %v: messages by connection: %v", kind, further, streams)
			}
		}
	}
}
