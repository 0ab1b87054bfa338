//go:build e2e

package e2e

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Who lives where, in the networks that RFC 5737 keeps for examples. All of them are on the loopback.
const (
	proxy   = "192.0.2.1"
	callers = "198.51.100."
	phones  = "203.0.113."
)

// prepareNetwork brings up the loopback with the networks, and with the packet size of an Ethernet, so that what is
// larger is fragmented.
func prepareNetwork(t *testing.T) {
	t.Helper()
	ip(t, "link set lo mtu 1500 up")
	ip(t, "route replace local 192.0.2.0/24 dev lo")
	ip(t, "route replace local 198.51.100.0/24 dev lo")
	ip(t, "route replace local 203.0.113.0/24 dev lo")
}

// ip runs an ip command.
func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
}

// The states in /proc/net of a socket that can be talked to.
const (
	tcpListens = "0A"
	udpBound   = "07"
)

// listens returns an error while no socket of the namespace is open at the address.
func listens(transport string, addr netip.AddrPort) error {
	file, state := "/proc/self/net/udp", udpBound
	if transport == "tcp" {
		file, state = "/proc/self/net/tcp", tcpListens
	}
	f, err := os.Open(file)
	if err != nil {
		return fatal{err}
	}
	defer f.Close()
	ip := addr.Addr().As4()
	local := fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(ip[:]), addr.Port())
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if columns := strings.Fields(lines.Text()); len(columns) > 3 && columns[1] == local && columns[3] == state {
			return nil
		}
	}
	return errors.New("nobody listens at " + transport + " " + addr.String())
}
