package session

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
)

// captureMessages reads the SIP messages of a capture in $SIPSPAN_CAPTURES: every datagram, and what the
// segments of a connection hold one after the other.
func captureMessages(t testing.TB, name string) (list []flowMessage) {
	t.Helper()
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of the captures")
	}
	file, err := os.Open(filepath.Join(folder, strings.TrimPrefix(name, "captures/")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var source gopacket.PacketDataSource
	var link layers.LinkType
	head := make([]byte, 4)
	if _, err := io.ReadFull(file, head); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(head, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(file, pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		source, link = r, r.LinkType()
	} else {
		r, err := pcapgo.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		source, link = r, r.LinkType()
	}
	streams := make(map[[2]netip.AddrPort][]byte)
	for {
		data, info, err := source.ReadPacketData()
		if err != nil {
			return list
		}
		p := gopacket.NewPacket(data, link, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		meta := wire.Meta{Time: info.Timestamp.UnixNano()}
		var src, dst netip.Addr
		for _, l := range p.Layers() {
			switch l := l.(type) {
			case *layers.IPv4:
				src, _ = netip.AddrFromSlice(l.SrcIP)
				dst, _ = netip.AddrFromSlice(l.DstIP)
			case *layers.IPv6:
				src, _ = netip.AddrFromSlice(l.SrcIP)
				dst, _ = netip.AddrFromSlice(l.DstIP)
			case *layers.UDP:
				meta.Src = netip.AddrPortFrom(src.Unmap(), uint16(l.SrcPort))
				meta.Dst = netip.AddrPortFrom(dst.Unmap(), uint16(l.DstPort))
				if sip.Detect(l.Payload) == sip.SIP {
					list = append(list, flowMessage{meta: meta, raw: bytes.Clone(l.Payload)})
				}
			case *layers.TCP:
				meta.Src = netip.AddrPortFrom(src.Unmap(), uint16(l.SrcPort))
				meta.Dst = netip.AddrPortFrom(dst.Unmap(), uint16(l.DstPort))
				meta.Transport = wire.TCP
				b := append(streams[[2]netip.AddrPort{meta.Src, meta.Dst}], l.Payload...)
				for len(b) > 0 {
					n, kind := sip.Frame(b)
					if n <= 0 || kind != sip.FrameComplete {
						break
					}
					list = append(list, flowMessage{meta: meta, raw: bytes.Clone(b[:n])})
					b = b[n:]
				}
				streams[[2]netip.AddrPort{meta.Src, meta.Dst}] = b
			}
		}
	}
}
