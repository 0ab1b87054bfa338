//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

// watched is the interface that is captured on, and wire the one at the other end, into which packets are sent.
const watched, wire = "span0", "wire0"

// prepare makes the interfaces. IPv6 is off, so that the kernel sends nothing of its own.
func prepare() error {
	for _, which := range []string{"all", "default"} {
		if err := os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if err := ip("link set lo up"); err != nil {
		return err
	}
	return plug()
}

// plug makes the pair of interfaces.
func plug() error {
	for _, args := range []string{"add " + watched + " type veth peer name " + wire, "set " + watched + " up", "set " + wire + " up"} {
		if err := ip("link " + args); err != nil {
			return err
		}
	}
	return nil
}

// ip runs the command of that name.
func ip(args string) error {
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", args, err, out)
	}
	return nil
}

// wireSocket sends frames into an interface, for as long as that is there.
type wireSocket struct {
	fd int
	to unix.SockaddrLinklayer
}

func openWire() (*wireSocket, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0) // protocol 0: only to send
	if err != nil {
		return nil, err
	}
	s := &wireSocket{fd: fd}
	if err := s.find(); err != nil {
		return nil, err
	}
	return s, nil
}

// find looks for the interface, which may be another one of its name.
func (s *wireSocket) find() error {
	i, err := net.InterfaceByName(wire)
	if err != nil {
		return err
	}
	s.to.Ifindex = i.Index
	return nil
}

func (s *wireSocket) send(frame []byte) error { return unix.Sendto(s.fd, frame, 0, &s.to) }
