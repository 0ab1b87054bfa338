package live

import (
	"errors"
	"io"

	"github.com/google/gopacket/pcap"

	"sipspan/capture"
)

// The drivers.
const (
	DriverLibpcap  = "libpcap"
	DriverAFPacket = "afpacket"
)

// errNothing is what a driver's read returns when nothing came within the poll time.
var errNothing = errors.New("nothing")

// driver fetches the packets of one interface from the kernel.
type driver interface {
	// read returns the next packet, borrowed until the next call, its time in Unix nanoseconds and its length on the wire. Its error is errNothing,
	// io.EOF after close, or says what is wrong.
	read() (data []byte, stamp int64, length int, err error)
	// count adds what was counted since the last call.
	count(c *counters)
	// filter replaces the filter by an expression of libpcap; "" lets everything pass.
	filter(expr string) error
	// close ends the capture. It waits for a read under way.
	close()
}

// openDriver opens an interface with the configured driver, and returns how its frames begin.
func openDriver(name string, cfg Config) (driver, capture.LinkType, error) {
	if cfg.Driver == DriverAFPacket {
		r, err := openRing(name, cfg)
		if err != nil {
			return nil, 0, err
		}
		return r, r.link, nil
	}
	h, err := activate(name, cfg)
	if err != nil {
		return nil, 0, err
	}
	return libpcap{h}, linkOf(h), nil
}

// libpcap is the driver that every capture tool uses.
type libpcap struct{ handle *pcap.Handle }

var _ driver = libpcap{}

func (d libpcap) read() (data []byte, stamp int64, length int, err error) {
	data, ci, err := d.handle.ZeroCopyReadPacketData()
	if err != nil {
		return nil, 0, 0, d.readError(err)
	}
	return data, ci.Timestamp.UnixNano(), ci.Length, nil
}

func (d libpcap) readError(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, pcap.NextErrorTimeoutExpired):
		return errNothing
	case errors.Is(err, pcap.NextErrorReadError):
		return d.handle.Error()
	}
	return err
}

func (d libpcap) count(c *counters) {
	if now, err := d.handle.Stats(); err == nil { // it fails for an interface that has gone
		c.update(*now)
	}
}

func (d libpcap) filter(expr string) error { return d.handle.SetBPFFilter(expr) }

func (d libpcap) close() { d.handle.Close() }
