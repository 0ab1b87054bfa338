package store

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// Codec packs values into bytes, or unpacks them: a layout is written once and serves both ways. Small numbers take one
// byte; an address or string that comes again is a reference to the first one.
//
// What is unpacked was packed by the same program or read from a file, so bytes that are damaged are found and never read
// past: Failed reports it, and the values are then of no use.
type Codec struct {
	buf    []byte
	off    int // in buf: up to where it is packed or unpacked
	unpack bool
	failed bool
	base   int64 // times are kept as their distance from it

	addrs   []netip.AddrPort
	strings []span
}

type span struct{ off, len int }

// Pack begins to pack behind what is in buf.
func (c *Codec) Pack(buf []byte) {
	*c = Codec{buf: buf[:cap(buf)], off: len(buf), addrs: c.addrs[:0], strings: c.strings[:0]}
}

// Unpack begins to unpack b, which is borrowed as long as the Codec is used.
func (c *Codec) Unpack(b []byte) {
	*c = Codec{buf: b, unpack: true, addrs: c.addrs[:0], strings: c.strings[:0]}
}

// Unpacking reports which way the Codec goes.
func (c *Codec) Unpacking() bool { return c.unpack }

// Packed returns what was packed.
func (c *Codec) Packed() []byte { return c.buf[:c.off] }

// Failed reports whether the bytes that were unpacked are damaged.
func (c *Codec) Failed() bool { return c.failed }

// Rest returns how many bytes were not unpacked.
func (c *Codec) Rest() int { return len(c.buf) - c.off }

// Fail notes that the bytes are damaged. What is unpacked from then on is zero.
func (c *Codec) Fail() {
	c.failed = true
	c.off = len(c.buf)
}

// room makes sure that n more bytes can be packed.
func (c *Codec) room(n int) {
	if len(c.buf)-c.off < n {
		c.buf = append(c.buf[:c.off], make([]byte, max(n, 256, c.off))...)
	}
}

// put packs a number.
func (c *Codec) put(v uint64) {
	c.room(binary.MaxVarintLen64)
	for v >= 0x80 {
		c.buf[c.off] = byte(v) | 0x80
		c.off++
		v >>= 7
	}
	c.buf[c.off] = byte(v)
	c.off++
}

// get unpacks a number.
func (c *Codec) get() uint64 {
	if c.off < len(c.buf) && c.buf[c.off] < 0x80 {
		c.off++
		return uint64(c.buf[c.off-1])
	}
	v, n := binary.Uvarint(c.buf[c.off:])
	if n <= 0 {
		c.Fail()
		return 0
	}
	c.off += n
	return v
}

func (c *Codec) putBytes(b []byte) {
	c.room(len(b))
	c.off += copy(c.buf[c.off:], b)
}

// zigzag makes a small number of one that is near zero.
func zigzag(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// Uint64 is a number that is small most often.
func (c *Codec) Uint64(v *uint64) {
	if c.unpack {
		*v = c.get()
	} else {
		c.put(*v)
	}
}

// Int64 is a number of either sign that is small most often.
func (c *Codec) Int64(v *int64) {
	if c.unpack {
		*v = unzigzag(c.get())
	} else {
		c.put(zigzag(*v))
	}
}

// Number is a number of any type that is small most often.
func Number[T ~int | ~int64 | ~int8 | ~int16 | ~int32 | ~uint8 | ~uint16 | ~uint32](c *Codec, v *T) {
	if !c.unpack {
		c.put(zigzag(int64(*v)))
		return
	}
	n := unzigzag(c.get())
	if *v = T(n); int64(*v) != n {
		c.Fail()
	}
}

// Base is the time from which on others are near.
func (c *Codec) Base(at *int64) {
	c.Int64(at)
	c.base = *at
}

// Time is a time, in Unix nanoseconds, 0 for none.
func (c *Codec) Time(at *int64) {
	if !c.unpack {
		n := int64(0)
		if *at != 0 {
			if n = *at - c.base; n >= 0 {
				n++ // 0 is none
			}
		}
		c.put(zigzag(n))
		return
	}
	switch n := unzigzag(c.get()); {
	case n > 0:
		*at = c.base + n - 1
	case n == math.MinInt64: // as far as times go, from a base of 0
		*at = c.base + math.MaxInt64
	case n < 0:
		*at = c.base + n
	default:
		*at = 0
	}
}

// Hash is a number whose bits are all used, 0 for none.
func (c *Codec) Hash(v *uint64) {
	if !c.Has(*v != 0) {
		*v = 0
		return
	}
	c.Word(v)
}

// Word is a number whose bits are all used most often.
func (c *Codec) Word(v *uint64) {
	if !c.unpack {
		c.room(8)
		binary.LittleEndian.PutUint64(c.buf[c.off:], *v)
		c.off += 8
	} else if b := c.take(8); b != nil {
		*v = binary.LittleEndian.Uint64(b)
	} else {
		*v = 0
	}
}

// Fixed are bytes whose number is always the same.
func (c *Codec) Fixed(b []byte) {
	if !c.unpack {
		c.putBytes(b)
		return
	}
	copy(b, c.take(len(b)))
}

// Bools are up to 64 answers, seven to a byte.
func (c *Codec) Bools(list ...*bool) {
	if c.unpack {
		bits := c.get()
		for i, v := range list {
			*v = bits>>i&1 != 0
		}
		return
	}
	bits := uint64(0)
	for i, v := range list {
		if *v {
			bits |= 1 << i
		}
	}
	c.put(bits)
}

// Has says whether something follows, which is what some reports when packing.
func (c *Codec) Has(some bool) bool {
	if c.unpack {
		return c.get()&1 != 0
	}
	if some {
		c.put(1)
	} else {
		c.put(0)
	}
	return some
}

// Len is the length of a list, at most limit. It returns the one that was packed.
func (c *Codec) Len(n, limit int) int {
	if !c.unpack {
		c.put(uint64(n))
		return n
	}
	v := c.get()
	if v > uint64(limit) {
		c.Fail()
		return 0
	}
	return int(v)
}

// Bytes are appended to b[:0] when they are unpacked.
func (c *Codec) Bytes(b []byte) []byte {
	n := c.Len(len(b), len(c.buf))
	if !c.unpack {
		c.putBytes(b)
		return b
	}
	return append(b[:0], c.take(n)...)
}

// Borrow unpacks what Bytes has packed. It is valid as long as what is unpacked.
func (c *Codec) Borrow() []byte { return c.take(c.Len(0, len(c.buf))) }

// String is a string of its own.
func (c *Codec) String(s *string) {
	n := c.Len(len(*s), len(c.buf))
	if !c.unpack {
		c.room(n)
		c.off += copy(c.buf[c.off:], *s)
		return
	}
	*s = string(c.take(n))
}

// Text is a string, which takes one byte when it has come before. It returns the packed one, borrowed, when unpacking.
func (c *Codec) Text(b []byte) []byte {
	if !c.unpack {
		c.packText(b)
		return b
	}
	switch v := c.get(); {
	case v == 0:
		return nil
	case v&1 != 0:
		n := int(v >> 1)
		off := c.off
		b := c.take(n)
		if b != nil {
			c.strings = append(c.strings, span{off, n})
		}
		return b
	case v/2 > uint64(len(c.strings)):
		c.Fail()
		return nil
	default:
		s := c.strings[v/2-1]
		return c.buf[s.off : s.off+s.len]
	}
}

func (c *Codec) packText(b []byte) {
	if len(b) == 0 {
		c.put(0)
		return
	}
	for i, s := range c.strings {
		if s.len == len(b) && string(c.buf[s.off:s.off+s.len]) == string(b) {
			c.put(uint64(i+1) << 1)
			return
		}
	}
	c.put(uint64(len(b))<<1 | 1)
	c.strings = append(c.strings, span{c.off, len(b)})
	c.putBytes(b)
}

// Addr is an address and port, which takes one byte when it has come before.
func (c *Codec) Addr(a *netip.AddrPort) {
	if c.unpack {
		*a = c.unpackAddr()
		return
	}
	if !a.IsValid() {
		c.put(0)
		return
	}
	for i := range c.addrs {
		if c.addrs[i] == *a {
			c.put(uint64(i + 2))
			return
		}
	}
	c.addrs = append(c.addrs, *a)
	c.put(1)
	if zone := a.Addr().Zone(); zone != "" { // a mere name: see wire.Party
		c.put(0)
		c.put(uint64(len(zone)))
		c.putBytes([]byte(zone))
	} else if a.Addr().Is4() {
		b := a.Addr().As4()
		c.put(4)
		c.putBytes(b[:])
	} else {
		b := a.Addr().As16()
		c.put(16)
		c.putBytes(b[:])
	}
	port := a.Port()
	c.putBytes([]byte{byte(port), byte(port >> 8)})
}

// maxZone bounds the name of an end that has no address.
const maxZone = 1 << 10

func (c *Codec) unpackAddr() (a netip.AddrPort) {
	switch v := c.get(); {
	case v == 0:
		return a
	case v >= 2:
		if v-2 >= uint64(len(c.addrs)) {
			c.Fail()
			return a
		}
		return c.addrs[v-2]
	}
	head := c.take(1)
	if head == nil {
		return a
	}
	var ip netip.Addr
	size := int(head[0])
	if size == 0 {
		size = int(min(c.get(), maxZone))
	}
	switch b := c.take(size); {
	case head[0] == 0 && len(b) > 0:
		ip = netip.IPv6Unspecified().WithZone(string(b))
	case len(b) == 4:
		ip = netip.AddrFrom4([4]byte(b))
	case len(b) == 16:
		ip = netip.AddrFrom16([16]byte(b))
	default:
		c.Fail()
		return a
	}
	if port := c.take(2); port != nil {
		a = netip.AddrPortFrom(ip, binary.LittleEndian.Uint16(port))
		c.addrs = append(c.addrs, a)
	}
	return a
}

// take returns the next n bytes, nil when there are not so many.
func (c *Codec) take(n int) []byte {
	if n < 0 || n > len(c.buf)-c.off {
		c.Fail()
		return nil
	}
	b := c.buf[c.off : c.off+n : c.off+n]
	c.off += n
	return b
}
