package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"sipspan/capture"
)

// ring is the driver that maps a ring of blocks that the kernel fills (AF_PACKET with TPACKET_V3, packet(7) and the kernel's
// Documentation/networking/packet_mmap.rst). Reading a packet is no call of C, and a block of packets costs one system call at most.
//
// A packet in the ring is not copied. The tag of a VLAN, which the kernel has taken off, is put back in place.
type ring struct {
	link    capture.LinkType
	snaplen int
	poll    int  // milliseconds
	lo      bool // a loopback: what is sent comes back, and is read once

	mu     sync.Mutex // a read under way
	socket int        // -1 once it is closed
	memory []byte
	size   int    // of a block
	block  int    // in hand, or the next one
	held   bool   // a block is in hand
	left   uint32 // packets of it
	at     int    // the next of them
	fence  atomic.Uint32
	wait   [1]unix.PollFd
	counts ifdrops
}

var _ driver = (*ring)(nil)

// What struct tpacket_block_desc and struct tpacket3_hdr hold where, in the byte order of the machine.
const (
	blockStatus  = 8
	blockPackets = 12
	blockFirst   = 16

	frameNext    = 0
	frameSeconds = 4
	frameNanos   = 8
	frameCaught  = 12
	frameLength  = 16
	frameStatus  = 20
	frameMAC     = 24
	frameTag     = 32
	frameTagType = 36
	frameHeader  = 48 // its size, after which struct sockaddr_ll follows
	frameKind    = frameHeader + 10

	tagBytes = 4
	macBytes = 12 // both addresses, in front of the tag
)

// read implements driver.
func (r *ring) read() (data []byte, stamp int64, length int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for r.left > 0 {
			frame := r.memory[r.at:]
			r.left--
			r.at += int(u32(frame, frameNext))
			if r.lo && frame[frameKind] == unix.PACKET_OUTGOING {
				continue
			}
			data, length = r.data(frame)
			return data, int64(u32(frame, frameSeconds))*1e9 + int64(u32(frame, frameNanos)), length, nil
		}
		if err := r.turn(); err != nil {
			return nil, 0, 0, err
		}
	}
}

// data returns the bytes of a packet and its length on the wire, with its tag.
func (r *ring) data(frame []byte) (data []byte, length int) {
	begin := int(u16(frame, frameMAC))
	end := begin + int(u32(frame, frameCaught))
	length = int(u32(frame, frameLength))
	if status := u32(frame, frameStatus); status&unix.TP_STATUS_VLAN_VALID != 0 && r.link == capture.LinkEthernet && end-begin >= macBytes {
		tag := u16(frame, frameTag)
		kind := uint16(unix.ETH_P_8021Q)
		if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
			kind = u16(frame, frameTagType)
		}
		begin -= tagBytes // room that PACKET_RESERVE has left
		copy(frame[begin:begin+macBytes], frame[begin+tagBytes:])
		binary.BigEndian.PutUint16(frame[begin+macBytes:], kind)
		binary.BigEndian.PutUint16(frame[begin+macBytes+2:], tag)
		length += tagBytes
	}
	end = min(end, begin+r.snaplen)
	return frame[begin:end:end], length
}

// turn gives the block in hand back to the kernel and takes the next one, which it waits for.
func (r *ring) turn() error {
	if r.socket < 0 {
		return io.EOF
	}
	if r.held {
		r.fence.Add(1) // nothing is read of the block after it is given back
		r.setStatus(unix.TP_STATUS_KERNEL)
		r.held = false
		r.block = (r.block + 1) % (len(r.memory) / r.size)
	}
	desc := r.desc()
	if u32(desc, blockStatus)&unix.TP_STATUS_USER == 0 {
		if err := r.await(); err != nil {
			return err
		}
		if u32(desc, blockStatus)&unix.TP_STATUS_USER == 0 {
			return errNothing
		}
	}
	r.fence.Add(1) // nothing is read of the block before it is known to be full
	r.held = true
	r.left = u32(desc, blockPackets)
	r.at = r.block*r.size + int(u32(desc, blockFirst))
	return nil
}

// desc returns the block in hand.
func (r *ring) desc() []byte { return r.memory[r.block*r.size:] }

func (r *ring) setStatus(s uint32) { binary.NativeEndian.PutUint32(r.desc()[blockStatus:], s) }

// await waits for a block. That the interface goes down is no error here: whoever reads looks at its state.
func (r *ring) await() error {
	r.wait[0] = unix.PollFd{Fd: int32(r.socket), Events: unix.POLLIN}
	n, err := unix.Poll(r.wait[:], r.poll)
	switch {
	case err == unix.EINTR, n == 0 && err == nil:
		return errNothing
	case err != nil:
		return fmt.Errorf("waiting for packets: %w", err)
	case r.wait[0].Revents&unix.POLLERR == 0:
		return nil
	}
	code, err := unix.GetsockoptInt(r.socket, unix.SOL_SOCKET, unix.SO_ERROR) // which clears it
	switch reason := unix.Errno(code); {
	case err != nil:
		return err
	case code == 0, reason == unix.ENETDOWN, reason == unix.ENODEV, reason == unix.ENXIO:
		return errNothing
	default:
		return reason
	}
}

// count implements driver.
func (r *ring) count(c *counters) {
	now, err := unix.GetsockoptTpacketStatsV3(r.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS) // which begins anew with it
	if err != nil {
		return
	}
	c.total.Received += uint64(now.Packets)
	c.total.KernelDropped += uint64(now.Drops)
	c.total.InterfaceDropped += r.counts.grown(time.Now())
}

// filter implements driver.
func (r *ring) filter(expr string) error {
	if mentionsVLAN(expr) {
		return errVLAN
	}
	code, err := CompileFilter(r.link, r.snaplen, expr)
	if err != nil {
		return errors.Unwrap(err)
	}
	return attach(r.socket, code)
}

// close implements driver.
func (r *ring) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.socket < 0 {
		return
	}
	_ = unix.Munmap(r.memory)
	unix.Close(r.socket)
	r.memory, r.socket, r.left = nil, -1, 0
}

func u16(b []byte, at int) uint16 { return binary.NativeEndian.Uint16(b[at:]) }

func u32(b []byte, at int) uint32 { return binary.NativeEndian.Uint32(b[at:]) }
