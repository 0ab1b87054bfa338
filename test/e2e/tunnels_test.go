//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
)

// encapsulations are what a mirror port may wrap calls in, as sipgen names it.
var encapsulations = []string{
	"vlan 10", "qinq 10 20", "vntag", "etag", "mpls 17", "pseudowire 16", "pseudowire-bare 16", "pppoe 1",
	"ipip A B", "gre A B", "gre-ppp A B", "gre-frame A B", "erspan1 A B", "erspan2 A B", "erspan3 A B", "gtp A B",
	"vxlan A B", "vxlan-odd A B", "vxlan-gpe A B", "geneve A B", "geneve-ip A B", "tzsp A B", "tzsp-wifi A B",
	"l2tp A B", "l2tp3 A B", "esp A B", "esp-nat A B", "vlan 10 erspan2 A B vxlan A B", "vntag geneve A B gtp A B",
}

// tunnelled returns a call in an encapsulation. Its Call-ID is the number of that.
func tunnelled(t *testing.T, number int, encapsulation string) *sipgen.Flow {
	t.Helper()
	ends := [2]string{"198.51.100.1", "198.51.100.2"}
	if number%2 == 1 && !strings.HasPrefix(encapsulation, "l2tp") {
		ends = [2]string{"2001:db8:f::1", "2001:db8:f::2"}
	}
	message := func(first, method, tag string) string {
		return fmt.Sprintf("%s\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK%s%d\nFrom: <sip:a@example.com>;tag=1\nTo: <sip:b@example.com>%s\n"+
			"Call-ID: tunnel-%d\nCSeq: %s\nContact: <sip:a@192.0.2.10>\nContent-Length: 0\n\n", first, method[2:3], number, tag, number, method)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "hosts: a=192.0.2.10 b=192.0.2.12\ntunnel: %s\n\n", strings.NewReplacer("A", ends[0], "B", ends[1]).Replace(encapsulation))
	for i, step := range []struct{ way, text string }{
		{"a -> b", message("INVITE sip:b@example.com SIP/2.0", "1 INVITE", "")},
		{"b -> a", message("SIP/2.0 200 OK", "1 INVITE", ";tag=2")},
		{"a -> b", message("ACK sip:b@192.0.2.12 SIP/2.0", "1 ACK", ";tag=2")},
		{"a -> b", message("BYE sip:b@192.0.2.12 SIP/2.0", "2 BYE", ";tag=2")},
		{"b -> a", message("SIP/2.0 200 OK", "2 BYE", ";tag=2")},
	} {
		fmt.Fprintf(&text, "@%d.%d %s udp\n%s", number, i, step.way, step.text)
	}
	f, err := sipgen.ParseFlow(text.String())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// messagesOfTunnelled is how many messages the call has.
const messagesOfTunnelled = 5

// TestTunnelsLive sends calls in every encapsulation, and voice beside them, over a cable to an interface that the daemon watches
// with its default filter: all calls are found, and the voice stays in the kernel.
func TestTunnelsLive(t *testing.T) {
	folder := t.ArtifactDir()
	ip(t, "link add mirror0 type veth peer name mirror1")
	for _, end := range []string{"mirror0", "mirror1"} {
		ip(t, "link set "+end+" addrgenmode none")
		ip(t, "link set "+end+" mtu 3000 up")
	}
	ip(t, "link set lo up")
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	live := startDaemonOn(t, "mirror0", folder, binary, "records", metricsAddress)
	wire := openWire(t, "mirror1")
	for i, encapsulation := range encapsulations {
		for _, p := range tunnelled(t, i, encapsulation).Packets() {
			wire.send(t, p.Data)
			wire.send(t, voice)
		}
	}
	total := messagesOfTunnelled * len(encapsulations)
	await(t, "the daemon has seen all messages", func() error {
		if n := number(live.status(t)["messages"]); n < total {
			return fmt.Errorf("%d of %d", n, total)
		}
		return nil
	})
	status := live.status(t)
	if carries := text(status["carries"]); !strings.HasPrefix(carries, "100 % SIP over UDP; in tunnels ") || !strings.Contains(carries, " VXLAN") {
		t.Errorf("what the packets carry: %q", carries)
	}
	if number(status["packets"]) != total || number(status["messages"]) != total {
		t.Errorf("%s; %d packets and messages were expected", compact(status), total)
	}
	live.stop(t)
	foundInTunnels(t, live.written(t))
}

// foundInTunnels checks that there is a record of the call in each encapsulation.
func foundInTunnels(t *testing.T, records []row) {
	t.Helper()
	found := map[string]bool{}
	for _, r := range records {
		if r.kind() == "call" && r["disposition"] == "answered" {
			found[r.callID()] = true
		}
	}
	for i, encapsulation := range encapsulations {
		if !found[fmt.Sprintf("tunnel-%d", i)] {
			t.Errorf("no call in %s", encapsulation)
		}
	}
}

var voiceFrom, voiceTo = netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("192.0.2.12")

// voice is an RTP packet.
var voice = pcapwrite.Framing{Link: pcapwrite.LinkEthernet}.Frame(
	pcapwrite.Build(append([]byte{0x80, 0, 0, 1}, make([]byte, 168)...), pcapwrite.IP(voiceFrom, voiceTo, 1), pcapwrite.UDP{Src: 40000, Dst: 50000}),
	voiceFrom, voiceTo)

// wire sends frames out of an interface.
type wire struct {
	socket int
	to     unix.SockaddrLinklayer
}

func openWire(t *testing.T, name string) *wire {
	t.Helper()
	iface, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(socket) })
	return &wire{socket, unix.SockaddrLinklayer{Ifindex: iface.Index}}
}

func (w *wire) send(t *testing.T, frame []byte) {
	t.Helper()
	if err := unix.Sendto(w.socket, frame, 0, &w.to); err != nil {
		t.Fatal(err)
	}
}

// TestTunnelsAsTsharkReadsThem lets tshark count the messages of each call. What it cannot tell by the content it is told.
func TestTunnelsAsTsharkReadsThem(t *testing.T) {
	t.Parallel()
	for i, encapsulation := range encapsulations {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.pcap", i))
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := tunnelled(t, i, encapsulation).WriteCapture(file); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		out := run(t, "tshark", "-n", "-r", path, "-Y", "sip && !_ws.malformed", "-o", "esp.enable_null_encryption_decode_heuristic:TRUE",
			"-d", "udp.port==17777,vxlan", "-d", "mpls.label==16,"+map[bool]string{true: "pwethnocw", false: "pwethcw"}[encapsulation == "pseudowire-bare 16"],
			"-o", "l2tp.cookie_size:8 Byte Cookie", "-o", "l2tp.l2_specific:None", "-d", "l2tp.pw_type==0,eth",
			"-T", "fields", "-e", "sip.Call-ID", "-e", "ip.src")
		if n := strings.Count(string(out), fmt.Sprintf("tunnel-%d\t", i)); n != messagesOfTunnelled {
			t.Errorf("%s: tshark finds %d messages:\n%s", encapsulation, n, out)
		}
	}
}
