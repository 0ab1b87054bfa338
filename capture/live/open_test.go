package live

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOpenErrors: what cannot be opened says what there is instead, or what is wrong.
func TestOpenErrors(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		if err := errors.Join(Try("span0", quick()), Try("lo", quick())); err == nil || !strings.Contains(err.Error(), "interface lo: it is down; bring it up") || strings.Contains(err.Error(), "span0") {
			t.Error(err)
		}
		_, err := OpenAll(quick("nowhere"))
		if err == nil || !strings.HasPrefix(err.Error(), "live: interface nowhere: it does not exist; there are: ") ||
			!strings.Contains(err.Error(), "lo, span0, span1") {
			t.Error(err)
		}
		cfg := quick("span0")
		cfg.Filter = "udp prot 5060"
		_, err = OpenAll(cfg)
		if err == nil || !strings.Contains(err.Error(), `"udp prot 5060"`) || !strings.Contains(err.Error(), "syntax error") {
			t.Error(err)
		}
		if _, err = OpenAll(quick()); err == nil || !strings.Contains(err.Error(), "span1") {
			t.Error(err)
		}
		if _, err = Open(quick("span0", "span1")); err == nil {
			t.Error("Open takes two interfaces")
		}
	})
}

// TestDenied gives up the rights of its thread, which ends with the test's goroutine.
func TestDenied(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		runtime.LockOSThread()
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var none [2]unix.CapUserData
		if err := unix.Capset(&header, &none[0]); err != nil {
			t.Fatal(err)
		}
		_, err := Open(quick("lo"))
		if err == nil {
			t.Fatal("allowed without any right")
		}
		for _, word := range []string{"interface lo", "CAP_NET_RAW", "setcap", "systemd"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q does not say %q", err, word)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q is more than one line", err)
		}
	})
}

// TestRawAlone keeps the one right that the systemd unit gives. libpcap does not open an interface that it cannot make promiscuous.
func TestRawAlone(t *testing.T) {
	onDrivers(t, func(t *testing.T, quick opening) {
		cable(t, "span0", "span1")
		runtime.LockOSThread()
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		rights := [2]unix.CapUserData{{Effective: 1 << unix.CAP_NET_RAW, Permitted: 1 << unix.CAP_NET_RAW}}
		if err := unix.Capset(&header, &rights[0]); err != nil {
			t.Fatal(err)
		}
		cfg := quick("span0")
		cfg.Promiscuous = true
		source, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestListed is about the names that a service sees that may not use netlink.
func TestListed(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"lo", "eth1", "bonding_masters"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := listed(folder), []string{"any", "eth1", "lo"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := listed(filepath.Join(folder, "none")); got != nil {
		t.Errorf("%q of a folder that is not there", got)
	}
}
