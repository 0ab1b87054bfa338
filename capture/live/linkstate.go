package live

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrDown is what Next's error wraps when the interface went down.
var ErrDown = errors.New("it went down; packets come again when it is up (ip link set … up)")

// ErrGone is what Next's error wraps when the interface does not exist any more, or has another name now.
var ErrGone = errors.New("it has disappeared")

// ErrReplaced is what Next's error wraps when another interface has the name now: this one was removed or renamed.
var ErrReplaced = errors.New("it has disappeared, and another has its name")

// linkState watches whether an interface is up. libpcap since 1.10 keeps quiet about one that goes down.
type linkState struct {
	socket  int
	request *unix.Ifreq // reused: asking does not allocate
	index   uint32      // the kernel's number of the interface, which no other gets
	up      bool
}

// watch starts watching the interface called name, which is about to be opened and must be up for that. It returns nil for what is no
// interface, like "any".
func watch(name string) (*linkState, error) {
	request, err := unix.NewIfreq(name)
	if err != nil || name == anyInterface {
		return nil, nil
	}
	socket, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0) // any socket will do
	if err != nil {
		return nil, fmt.Errorf("live: interface %s: watching whether it is up: %w", name, err)
	}
	s := &linkState{socket: socket, request: request, up: true}
	if unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request) == nil { // otherwise opening it fails, or the first check
		s.index = request.Uint32()
	}
	return s, nil
}

// check returns ErrDown, ErrGone or ErrReplaced when that has happened since the last check, and nil while nothing changes for the worse.
func (s *linkState) check() error {
	if s == nil {
		return nil
	}
	var now bool
	err := unix.IoctlIfreq(s.socket, unix.SIOCGIFINDEX, s.request)
	if err == nil && s.request.Uint32() != s.index {
		return ErrReplaced
	}
	if err == nil {
		err = unix.IoctlIfreq(s.socket, unix.SIOCGIFFLAGS, s.request)
	}
	if err == nil {
		now = s.request.Uint16()&unix.IFF_UP != 0
	}
	fell := s.up && !now
	s.up = now
	switch {
	case err == unix.ENODEV:
		return ErrGone
	case fell:
		return ErrDown
	}
	return nil
}

func (s *linkState) close() {
	if s != nil {
		unix.Close(s.socket)
	}
}
