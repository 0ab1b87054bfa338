package live

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/google/gopacket/pcap"

	"sipspan/internal/suggest"
)

// openError says why name cannot be listened on, and what to do.
func openError(name string, reason error) error {
	text := reason.Error()
	switch {
	case isDenied(text):
		return fmt.Errorf("live: interface %s: %w", name, &deniedError{reason})
	case isUnknown(text):
		return fmt.Errorf("live: interface %s: %w", name, &unknownError{name, known()})
	case isDown(text):
		return fmt.Errorf("live: interface %s: it is down; bring it up first: ip link set %s up", name, name)
	}
	return fmt.Errorf("live: opening interface %s: %w", name, reason)
}

// gopacket does not return libpcap's status codes, so errors are recognised by their texts.
func isDenied(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "permission") || strings.Contains(text, "not permitted")
}

func isUnknown(text string) bool {
	return strings.Contains(strings.ToLower(text), "no such device")
}

func isDown(text string) bool {
	return strings.Contains(strings.ToLower(text), "not up")
}

// ErrDenied is what the error of an opening wraps when the rights to capture are missing.
var ErrDenied = errors.New("not allowed to capture")

// deniedError is missing rights.
type deniedError struct{ reason error }

func (e *deniedError) Error() string {
	return fmt.Sprintf("not allowed to capture (%v): CAP_NET_RAW is needed; "+
		"run it from the systemd unit, which gives it, or once: setcap cap_net_raw=eip $(command -v sipspan)",
		strings.ReplaceAll(e.reason.Error(), "\n", ": ")) // libpcap breaks the line between its status and the system's reason
}

func (e *deniedError) Unwrap() []error { return []error{ErrDenied, e.reason} }

// unknownError is an interface that is not there.
type unknownError struct {
	name  string
	known []string
}

func (e *unknownError) Error() string {
	if len(e.known) == 0 {
		return "it does not exist, and no other that could be listened on does either"
	}
	there := "it does not exist; there are: " + strings.Join(e.known, ", ")
	if nearest := suggest.Nearest(e.name, e.known); nearest != "" {
		return there + "; did you mean " + nearest + "?"
	}
	return there
}

// virtual are pseudo interfaces that libpcap lists and that never carry IP.
var virtual = []string{"nflog", "nfqueue", "bluetooth-monitor", "dbus-system", "dbus-session"}

// known returns the names of the interfaces there are. libpcap asks through netlink, which the systemd unit does not allow; the kernel's
// folder of interfaces is readable there.
func known() []string {
	devs, err := pcap.FindAllDevs()
	if err != nil {
		return listed("/sys/class/net")
	}
	var names []string
	for _, d := range devs {
		if !slices.Contains(virtual, d.Name) && !strings.HasPrefix(d.Name, "usbmon") {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return names
}

// listed returns the names of the interfaces that have an entry in a folder.
func listed(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	names := []string{anyInterface}
	for _, e := range entries {
		if e.Name() != "bonding_masters" { // a file of the bonding driver
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}
