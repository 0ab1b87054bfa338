package live

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"sipspan/capture"
	"sipspan/internal/invariants"
)

// anyInterface is libpcap's name for all interfaces together.
const anyInterface = "any"

// lookEvery is how often the state of an interface is asked for while packets come; one that is renamed goes on receiving them.
const lookEvery = int64(time.Second)

// readStatsEvery is how many packets may pass before the counters are read: long before 32 bits wrap.
const readStatsEvery = 1 << 24

// Live is the packets of one interface. Next is for one goroutine; Stats and Close may be called from others.
type Live struct {
	name   string
	driver driver
	link   capture.LinkType
	number uint64
	looked int64  // time of the packet before which the state of the interface was last asked for
	latest int64  // time of the last packet
	copied []byte // checking builds only: the frame lent out

	mu     sync.Mutex // guards what follows, and the handle's statistics against its end
	counts counters
	state  *linkState
	closed bool
}

// OpenAll opens every interface of cfg. When one fails, those already open are closed again and the error names it.
func OpenAll(cfg Config) ([]*Live, error) {
	if len(cfg.Interfaces) == 0 {
		return nil, fmt.Errorf("live: no interface to listen on; there are: %v", known())
	}
	var open []*Live
	for _, name := range cfg.Interfaces {
		l, err := openInterface(name, cfg)
		if err != nil {
			for _, l := range open {
				l.Close()
			}
			return nil, err
		}
		open = append(open, l)
	}
	return open, nil
}

// Open opens the one interface of cfg. OpenAll is for several.
func Open(cfg Config) (*Live, error) {
	if len(cfg.Interfaces) != 1 {
		return nil, fmt.Errorf("live: one interface was expected, %d are configured", len(cfg.Interfaces))
	}
	return openInterface(cfg.Interfaces[0], cfg)
}

// Name returns the interface's name.
func (l *Live) Name() string { return l.name }

// Link returns how its frames begin.
func (l *Live) Link() capture.LinkType { return l.link }

// Next waits for the next packet, at most Config.Poll, after which it returns capture.ErrIdle. It returns io.EOF after
// Close. Any other error names the interface and says what happened to it. One that went down (ErrDown) is reported once;
// Next may be called again, is idle while it is down, and gives packets once it is up. With every other error the
// capture is over. f.Data is borrowed until the next call.
func (l *Live) Next(f *capture.Frame) error {
	if invariants.Enabled {
		invariants.Poison(l.copied)
	}
	if since := l.latest - l.looked; since >= lookEvery || since < 0 {
		l.looked = l.latest
		if err := l.check(); err != nil {
			return err
		}
	}
	data, stamp, length, err := l.driver.read()
	if err != nil {
		return l.nextError(err)
	}
	if invariants.Enabled { // the ring is the kernel's and must not be written to
		l.copied = append(l.copied[:0], data...)
		data = l.copied
	}
	l.number++
	if l.number%readStatsEvery == 0 {
		l.Stats()
	}
	l.latest = stamp
	f.Time = stamp
	f.Data = data
	f.Length = max(length, len(data))
	f.Link = l.link
	f.Interface = 0
	f.Number = l.number
	return nil
}

func (l *Live) nextError(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return io.EOF
	}
	if err := l.checkState(); err != nil {
		return err
	}
	if errors.Is(err, errNothing) {
		return capture.ErrIdle
	}
	return fmt.Errorf("live: interface %s: capturing: %w", l.name, err)
}

// check is checkState for who does not hold mu.
func (l *Live) check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return io.EOF
	}
	return l.checkState()
}

// checkState returns an error when the interface has gone down or away since the last check. The caller holds mu.
func (l *Live) checkState() error {
	if fell := l.state.check(); fell != nil {
		return fmt.Errorf("live: interface %s: %w", l.name, fell)
	}
	return nil
}

// Up reports whether the interface was up when Next last had no packet, or a second of packets ago. What is no interface, like "any", always is.
func (l *Live) Up() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == nil || l.state.up
}

// Stats returns the one line of this interface. After Close it is the last one.
func (l *Live) Stats() []capture.InterfaceStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readStats()
	return []capture.InterfaceStats{{Name: l.name, Stats: l.counts.total}}
}

// readStats asks the driver. The old numbers stay when that fails, as it does for an interface that has gone.
func (l *Live) readStats() {
	if l.closed {
		return
	}
	l.driver.count(&l.counts)
}

// Close ends the capture. A Next under way returns within Config.Poll, and Close waits for it.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.readStats()
	l.closed = true
	l.driver.close()
	l.state.close()
	return nil
}
