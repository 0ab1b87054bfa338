package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/gopacket/pcap"

	"sipspan/capture"
)

func openInterface(name string, cfg Config) (*Live, error) {
	state, err := watch(name) // first: if another interface gets the name before it is opened, the first check finds that
	if err != nil {
		return nil, err
	}
	d, link, err := openDriver(name, cfg)
	if err != nil {
		state.close()
		return nil, openError(name, err)
	}
	l := &Live{name: name, driver: d, link: link, state: state}
	if cfg.Filter != "" || cfg.Driver == DriverAFPacket { // through which nothing passes before
		err = l.SetFilter(cfg.Filter)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Try opens the interface called name, and closes it again. Its error is that of Open. Where the rights to open it are missing, it wraps
// ErrDenied, unless the interface does not exist either.
func Try(name string, cfg Config) error {
	cfg.BufferBytes = MinBuffer // nothing is read
	l, err := openInterface(name, cfg)
	if err == nil {
		return l.Close()
	}
	if names := known(); errors.Is(err, ErrDenied) && len(names) > 0 && !slices.Contains(names, name) {
		return fmt.Errorf("live: interface %s: %w", name, &unknownError{name, names})
	}
	return err
}

// activate starts the capture.
func activate(name string, cfg Config) (*pcap.Handle, error) {
	in, err := pcap.NewInactiveHandle(name)
	if err != nil {
		return nil, err
	}
	defer in.CleanUp()
	set := []struct {
		what string
		err  error
	}{
		{"snapshot length", in.SetSnapLen(cfg.Snaplen)},
		{"buffer size", in.SetBufferSize(cfg.BufferBytes)},
		{"poll time", in.SetTimeout(cfg.Poll)},
		{"immediate mode", in.SetImmediateMode(cfg.Immediate)},
		// "any" has no promiscuous mode, and gopacket takes libpcap's warning for a failure.
		{"promiscuous mode", in.SetPromisc(cfg.Promiscuous && name != anyInterface)},
	}
	for _, s := range set {
		if s.err != nil {
			return nil, fmt.Errorf("setting the %s: %w", s.what, s.err)
		}
	}
	h, err := in.Activate()
	if err == nil {
		return h, nil
	}
	if detail := in.Error(); detail != nil && detail.Error() != "" && !isUnknown(err.Error()) {
		return nil, errors.Join(err, detail)
	}
	return nil, err
}

// linkOf translates libpcap's number of the handle's link type, a DLT, into that of the LINKTYPE_ registry.
func linkOf(h *pcap.Handle) capture.LinkType {
	link := capture.LinkType(h.LinkType())
	switch link {
	case capture.LinkDLTRaw, capture.LinkDLTRawBSD:
		return capture.LinkRaw
	}
	return link
}

// SetFilter replaces the filter of a capture that runs. It belongs to the goroutine of Next. After an error the old one is in force.
// Packets that are in the kernel's ring already have passed the old one; libpcap applies the new one to them itself, the driver of AF_PACKET does
// not.
func (l *Live) SetFilter(expr string) error {
	err := l.driver.filter(expression(l.link, expr))
	switch {
	case err == nil:
		return nil
	case expr == "": // which everything passes
		return fmt.Errorf("live: interface %s: removing the filter: %w", l.name, err)
	}
	return fmt.Errorf("live: interface %s: %w", l.name, filterError(expr, err))
}
