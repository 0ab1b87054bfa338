package reassembly

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket/pcapgo"

	"sipspan/internal/packet"
)

// The fragmented datagram of a real capture is joined to one that holds a whole
// SIP message: walk, join, resume.
func TestFragmentsOfACapture(t *testing.T) {
	root := os.Getenv("SIPSPAN_CAPTURES")
	if root == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder with the captures")
	}
	f, err := os.Open(filepath.Join(root, "public/dotpcap+packetnet/Test__CaptureFiles__udp-ip-fragmented.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDefrag(DefaultConfig().Fragments)
	var p packet.Packet
	var joined []string
	for frame, info, err := r.ReadPacketData(); err == nil; frame, info, err = r.ReadPacketData() {
		if p.Walk(uint16(r.LinkType()), frame) != packet.VerdictFragment {
			continue
		}
		payload, n, ok := d.Add(info.Timestamp.UnixNano(), &p.Fragment, p.Payload)
		if !ok {
			continue
		}
		if v := p.Resume(p.Fragment.Src, p.Fragment.Dst, p.Fragment.Proto, payload); v != packet.VerdictUDP || p.Missing != 0 || n != 2 {
			t.Errorf("%v of %d fragments, %d bytes missing", v, n, p.Missing)
		}
		joined = append(joined, string(p.Payload))
	}
	if len(joined) != 1 || !strings.Contains(joined[0], " SIP/2.0\r\n") && !strings.HasPrefix(joined[0], "SIP/2.0 ") {
		t.Errorf("joined: %q", joined)
	}
	if lost := d.Close(); lost != 0 {
		t.Errorf("%d fragments lost", lost)
	}
}
