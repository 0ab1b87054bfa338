package hep

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Types of chunks of vendor 0.
const (
	chunkFamily      = 0x0001
	chunkIPProtocol  = 0x0002
	chunkIPv4Src     = 0x0003
	chunkIPv4Dst     = 0x0004
	chunkIPv6Src     = 0x0005
	chunkIPv6Dst     = 0x0006
	chunkSrcPort     = 0x0007
	chunkDstPort     = 0x0008
	chunkSeconds     = 0x0009
	chunkMicros      = 0x000a
	chunkProtocol    = 0x000b
	chunkNode        = 0x000c
	chunkKey         = 0x000e
	chunkPayload     = 0x000f
	chunkCompressed  = 0x0010
	chunkCorrelation = 0x0011
	chunkVLAN        = 0x0012
	chunkNodeName    = 0x0013
)

// Chunks of our own, which other software skips: what one sipspan tells another.
const (
	vendorSipspan = 0x5353

	chunkNanos   = 0x0001 // of the time, after the microseconds: two bytes
	chunkDetails = 0x0002 // Details: transport, one byte, and flags, four bytes
)

// chunkHeader is the size of vendor, type and length.
const chunkHeader = 6

// sizes are the sizes of values of a fixed size, by type of chunk; 0 is any.
var sizes = [...]uint8{
	chunkFamily: 1, chunkIPProtocol: 1, chunkIPv4Src: 4, chunkIPv4Dst: 4, chunkIPv6Src: 16, chunkIPv6Dst: 16,
	chunkSrcPort: 2, chunkDstPort: 2, chunkSeconds: 4, chunkMicros: 4, chunkProtocol: 1, chunkNode: 4, chunkVLAN: 2, chunkNodeName: 0,
}

// chunks is what is known of a packet until all its chunks are read.
type chunks struct {
	src, dst         netip.Addr
	srcPort, dstPort uint16
	seconds, micros  uint32
	nanos            uint16
	hasSeconds       bool
}

func (p *Packet) parseChunks(b []byte) Fault {
	p.Version = 3
	n := Length(b)
	if n == 0 {
		return BadChunk
	}
	if n > len(b) {
		return Cut
	}
	var c chunks
	for rest := b[header:n]; len(rest) > 0; {
		if len(rest) < chunkHeader {
			return BadChunk
		}
		vendor, kind, size := binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:]), int(binary.BigEndian.Uint16(rest[4:]))
		if size < chunkHeader || size > len(rest) {
			return BadChunk
		}
		value := rest[chunkHeader:size:size]
		rest = rest[size:]
		ok := true
		switch vendor {
		case 0:
			ok = p.chunk(&c, kind, value)
		case vendorSipspan:
			ok = p.ownChunk(&c, kind, value)
		}
		if !ok {
			return BadChunk
		}
	}
	if c.src.IsValid() {
		p.Src = netip.AddrPortFrom(c.src, c.srcPort)
	}
	if c.dst.IsValid() {
		p.Dst = netip.AddrPortFrom(c.dst, c.dstPort)
	}
	if c.hasSeconds {
		p.Time = unixTime(c.seconds, c.micros) + int64(c.nanos)
	}
	return Whole
}

// chunk reads one chunk of vendor 0. It returns false if its value has another size than its type.
func (p *Packet) chunk(c *chunks, kind uint16, value []byte) bool {
	if int(kind) < len(sizes) && sizes[kind] != 0 && len(value) != int(sizes[kind]) {
		return false
	}
	switch kind {
	case chunkIPProtocol:
		p.IPProtocol = value[0]
	case chunkIPv4Src, chunkIPv6Src:
		c.src, _ = netip.AddrFromSlice(value)
	case chunkIPv4Dst, chunkIPv6Dst:
		c.dst, _ = netip.AddrFromSlice(value)
	case chunkSrcPort:
		c.srcPort = binary.BigEndian.Uint16(value)
	case chunkDstPort:
		c.dstPort = binary.BigEndian.Uint16(value)
	case chunkSeconds:
		c.seconds, c.hasSeconds = binary.BigEndian.Uint32(value), true
	case chunkMicros:
		c.micros = binary.BigEndian.Uint32(value)
	case chunkProtocol:
		p.Protocol = Protocol(value[0])
	case chunkNode:
		p.Node, p.HasNode = binary.BigEndian.Uint32(value), true
	case chunkKey:
		p.Key = value
	case chunkPayload:
		p.Payload, p.Compressed = value, false
	case chunkCompressed:
		p.Payload, p.Compressed = value, true
	case chunkCorrelation:
		p.Correlation = value
	case chunkVLAN:
		p.VLAN = binary.BigEndian.Uint16(value)
	case chunkNodeName:
		p.NodeName = value
	}
	return true
}

// ownChunk reads one chunk of sipspan.
func (p *Packet) ownChunk(c *chunks, kind uint16, value []byte) bool {
	switch kind {
	case chunkNanos:
		if len(value) != 2 {
			return false
		}
		c.nanos = min(binary.BigEndian.Uint16(value), 999)
	case chunkDetails:
		if len(value) != 5 {
			return false
		}
		p.Details = Details{Transport: value[0], Flags: binary.BigEndian.Uint32(value[1:])}
		p.HasDetails = true
	}
	return true
}

// unixTime returns a time in Unix nanoseconds.
func unixTime(seconds, micros uint32) int64 {
	return int64(seconds)*int64(time.Second) + int64(min(micros, 999_999))*int64(time.Microsecond)
}
