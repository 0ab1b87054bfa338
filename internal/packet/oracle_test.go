package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// eachFrame calls f with every frame of a capture file. Classic files are read
// here: pcapgo refuses those whose captured length exceeds the original one.
func eachFrame(t *testing.T, path string, f func(number int, link layers.LinkType, frame []byte)) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(raw, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(raw), pcapgo.DefaultNgReaderOptions)
		for number := 1; err == nil; number++ {
			var frame []byte
			if frame, _, err = r.ReadPacketData(); err == nil {
				f(number, r.LinkType(), frame)
			}
		}
		if err != io.EOF {
			t.Fatal(err)
		}
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if raw[0] == 0xa1 {
		order = binary.BigEndian
	}
	link := layers.LinkType(order.Uint32(raw[20:]))
	raw = raw[24:]
	for number := 1; len(raw) > 0; number++ {
		n := order.Uint32(raw[8:])
		f(number, link, raw[16:16+n])
		raw = raw[16+n:]
	}
}

// captures returns the paths in truth.tsv of the folder with the captures.
func captures(t *testing.T) (root string, paths []string) {
	t.Helper()
	root = os.Getenv("SIPSPAN_CAPTURES")
	if root == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder with the captures")
	}
	f, err := os.Open(filepath.Join(root, "truth.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		paths = append(paths, row[0])
	}
	return root, paths
}

// The walk and gopacket's layers agree on addresses, ports and payload of every
// frame of the captures that both can read.
func TestWalkAgreesWithLayers(t *testing.T) {
	root, paths := captures(t)
	compared := 0
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			eachFrame(t, filepath.Join(filepath.Dir(root), path), func(number int, link layers.LinkType, frame []byte) {
				var p Packet
				verdict := p.Walk(uint16(link), frame)
				want, ok := decode(link, frame)
				if !ok {
					if verdict == VerdictUDP || verdict == VerdictTCP {
						t.Logf("packet %d: only the walk reads it: %v %v", number, verdict, p.Encap)
					}
					return
				}
				compared++
				got := transport{verdict: verdict, src: p.Src, dst: p.Dst, payload: string(p.Payload)}
				if verdict == VerdictTCP {
					got.tcp = p.TCP
				}
				if got != want {
					t.Errorf("packet %d: reason %v, encap %v\n got %+v\nwant %+v", number, p.Reason, p.Encap, got, want)
				}
			})
		})
	}
	if compared == 0 {
		t.Error("no frame was compared")
	}
	t.Logf("%d frames compared", compared)
}

// transport is what a frame comes to.
type transport struct {
	verdict  Verdict
	src, dst netip.AddrPort
	payload  string
	tcp      TCP
}

// decode reads a frame with gopacket. It says no where layers cannot tell: no
// UDP or TCP header reached, or a header quoted in an ICMP error.
func decode(link layers.LinkType, data []byte) (w transport, ok bool) {
	var src, dst netip.Addr
	for _, l := range gopacket.NewPacket(data, link, gopacket.Default).Layers() {
		switch l := l.(type) {
		case *layers.IPv4:
			src, _ = netip.AddrFromSlice(l.SrcIP.To4())
			dst, _ = netip.AddrFromSlice(l.DstIP.To4())
			ok = false
		case *layers.IPv6:
			src, _ = netip.AddrFromSlice(l.SrcIP)
			dst, _ = netip.AddrFromSlice(l.DstIP)
			ok = false
		case *layers.ICMPv4, *layers.ICMPv6, *gopacket.Fragment:
			return w, false
		case *layers.UDP:
			w = transport{
				verdict: VerdictUDP, payload: string(l.Payload),
				src: netip.AddrPortFrom(src, uint16(l.SrcPort)), dst: netip.AddrPortFrom(dst, uint16(l.DstPort)),
			}
			ok = true
		case *layers.TCP:
			w = transport{
				verdict: VerdictTCP, payload: string(l.Payload),
				src: netip.AddrPortFrom(src, uint16(l.SrcPort)), dst: netip.AddrPortFrom(dst, uint16(l.DstPort)),
				tcp: TCP{Seq: l.Seq, Ack: l.Ack, Flags: Flags(l.Contents[13]), Window: l.Window},
			}
			ok = true
		}
	}
	return w, ok
}
