package hep

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/decode/hep"
	"sipspan/exporters"
)

const (
	// dialTimeout is how long a connection may take to come about, and writeTimeout a write.
	dialTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second
	// largestDatagram is what fits into a datagram over IPv4.
	largestDatagram = 65507
)

// retry says when a destination that is away is tried again.
var retry = exporters.Retry{First: time.Second, Most: 30 * time.Second}

// destination is one collector. Its goroutine sends what is in the queue.
type destination struct {
	sender           *Sender
	text             string
	network, address string
	settings         atomic.Pointer[settings]
	queue            *queue
	ctx              context.Context // ends when nothing more is sent
	stop             context.CancelFunc
	hurry            chan struct{} // closed when nothing more comes
	ended            chan struct{} // closed when nothing more is sent
	readers          sync.WaitGroup
	conn             net.Conn    // nil: not connected
	release          func() bool // ends that the end of the program closes conn
	failures         int         // since the last packet was sent
	small            smaller
}

// settings are those of a destination that can change while it is in use.
type settings struct {
	tls      *tls.Config
	compress bool
}

// newDestination returns a destination whose goroutine is still to be started.
func newDestination(s *Sender, text string, c *Config, roots *x509.CertPool) *destination {
	d := &destination{sender: s, text: text, queue: newQueue(c.QueueBytes), hurry: make(chan struct{}), ended: make(chan struct{})}
	d.network, d.address, _ = splitDestination(text) // Validate has reported what is wrong
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.set(c, roots)
	return d
}

// set takes what c sets into use, for the next packet and the next connection.
func (d *destination) set(c *Config, roots *x509.CertPool) {
	host, _, _ := net.SplitHostPort(d.address)
	d.settings.Store(&settings{&tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}, c.Compress})
	d.queue.limit(c.QueueBytes)
}

// end returns when everything is sent, or drain is over. It is called once.
func (d *destination) end(drain time.Duration) {
	close(d.hurry)
	timer := time.AfterFunc(drain, d.stop)
	<-d.ended
	timer.Stop()
	d.stop()
	d.readers.Wait()
}

// run sends until nothing more comes and all is sent.
func (d *destination) run() {
	defer close(d.ended)
	defer d.hangUp()
	for {
		c := d.queue.take()
		if c != nil {
			if !d.send(d.ctx, c.buf) {
				return
			}
			d.queue.giveBack(c)
			continue
		}
		select {
		case <-d.ctx.Done():
			return
		case <-d.queue.ready:
		case <-d.hurry:
			if d.queue.empty() {
				return
			}
		}
	}
}

// send sends packets one after the other, and each as often as is needed. It returns false when ctx has ended; what is left is lost then.
func (d *destination) send(ctx context.Context, packets []byte) bool {
	for len(packets) > 0 {
		n := hep.Length(packets)
		p := packets[:n]
		if d.settings.Load().compress {
			p = d.small.of(p)
		}
		if d.network == "udp" && len(p) > largestDatagram {
			d.queue.done(true)
			packets = packets[n:]
			continue
		}
		if err := d.try(ctx, p); err != nil {
			d.hangUp()
			if d.failures++; d.failures == 1 {
				d.sender.log.Warn("HEP cannot be sent; messages wait", "to", d.text, "err", err)
			}
			if !d.pause(ctx, retry.Wait(d.failures)) {
				for ; len(packets) > 0; packets = packets[hep.Length(packets):] {
					d.queue.done(true)
				}
				return false
			}
			continue
		}
		if d.failures > 0 {
			d.sender.log.Info("HEP is sent again", "to", d.text)
			d.failures = 0
		}
		d.queue.done(false)
		d.sender.sent.Add(1)
		packets = packets[n:]
	}
	return true
}

// try sends one packet, and connects before that where it has to.
func (d *destination) try(ctx context.Context, packet []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.conn == nil {
		if err := d.connect(ctx); err != nil {
			return err
		}
	}
	_ = d.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := d.conn.Write(packet)
	return err
}

func (d *destination) connect(ctx context.Context) (err error) {
	plain := &net.Dialer{Timeout: dialTimeout}
	switch d.network {
	case "tls":
		limited, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		d.conn, err = (&tls.Dialer{NetDialer: plain, Config: d.settings.Load().tls}).DialContext(limited, "tcp", d.address)
	default:
		d.conn, err = plain.DialContext(ctx, d.network, d.address)
	}
	if err != nil {
		d.conn = nil
		return err
	}
	conn := d.conn
	d.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	if d.network != "udp" {
		// A collector sends nothing. The end of the connection shows in reading only; after it the next write fails.
		d.readers.Go(func() {
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		})
	}
	return nil
}

func (d *destination) hangUp() {
	if d.conn != nil {
		d.release()
		_ = d.conn.Close()
		d.conn = nil
	}
}

// pause waits. It returns false if ctx ends before.
func (d *destination) pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
