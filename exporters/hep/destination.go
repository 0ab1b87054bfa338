package hep

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
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
	tls              *tls.Config
	queue            *queue
	log              *slog.Logger
	conn             net.Conn    // nil: not connected
	release          func() bool // ends that the end of the program closes conn
	failures         int         // since the last packet was sent
	small            *smaller    // nil: packets are sent as they are queued
}

// run sends until ctx ends, or until nothing more comes and all is sent.
func (d *destination) run(ctx context.Context) {
	defer d.hangUp()
	for {
		c := d.queue.take()
		if c != nil {
			if !d.send(ctx, c.buf) {
				return
			}
			d.queue.giveBack(c)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-d.queue.ready:
		case <-d.sender.hurry:
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
		p := d.small.of(packets[:n])
		if d.network == "udp" && len(p) > largestDatagram {
			d.queue.done(true)
			packets = packets[n:]
			continue
		}
		if err := d.try(ctx, p); err != nil {
			d.hangUp()
			if d.failures++; d.failures == 1 {
				d.log.Warn("HEP cannot be sent; messages wait", "to", d.text, "err", err)
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
			d.log.Info("HEP is sent again", "to", d.text)
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
		d.conn, err = (&tls.Dialer{NetDialer: plain, Config: d.tls}).DialContext(limited, "tcp", d.address)
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
		d.sender.sending.Go(func() {
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
