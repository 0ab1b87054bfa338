package hep

import "sipspan/decode/hep"

// smaller compresses packets before they are sent, in the goroutine of their destination. Its memory is used again.
type smaller struct {
	packet   hep.Packet
	deflater hep.Deflater
	out      []byte
}

// of returns the packet with its message compressed, where that is smaller; good until the next call.
func (s *smaller) of(packet []byte) []byte {
	if s.packet.Parse(packet) != hep.Whole {
		return packet
	}
	if s.deflater.Deflate(&s.packet); !s.packet.Compressed {
		return packet
	}
	out, ok := hep.Append(s.out[:0], &s.packet)
	if s.out = out; !ok {
		return packet
	}
	return out
}
