package packet

// PlainUDP returns the payload of a frame with the most common headers: Ethernet with at most one VLAN tag, IPv4 without
// options or IPv6 without extension headers, not fragmented, and UDP that cannot be a tunnel. It is what Walk sets
// Packet.Payload to. For every other frame it returns nil, and Walk has to be asked.
//
// It is for those who often need no more than the first byte of the payload, and costs much less than a walk.
func PlainUDP(link uint16, data []byte) []byte {
	const tagged = 0x8100
	if link != LinkEthernet || len(data) < 18 {
		return nil
	}
	kind, b := be16(data[12:]), data[14:]
	if kind == tagged {
		kind, b = be16(data[16:]), data[18:]
	}
	switch kind {
	case 0x0800:
		return plainUDP4(b)
	case 0x86dd:
		return plainUDP6(b)
	}
	return nil
}

func plainUDP4(b []byte) []byte {
	const header, moreOrOffset = 20, 0x3fff
	if len(b) < header || b[0] != 0x45 || b[9] != protoUDP || be16(b[6:])&moreOrOffset != 0 {
		return nil
	}
	total := int(be16(b[2:]))
	if total < header { // bad, or left to segmentation offload
		return nil
	}
	return plainPayload(b[header:], total-header)
}

func plainUDP6(b []byte) []byte {
	const header = 40
	if len(b) < header || b[0]>>4 != 6 || b[6] != protoUDP {
		return nil
	}
	length := int(be16(b[4:]))
	if length == 0 { // a jumbogram, or left to segmentation offload
		return nil
	}
	return plainPayload(b[header:], length)
}

// plainPayload strips the UDP header of what the IP header promises length bytes of.
func plainPayload(b []byte, length int) []byte {
	const header = 8
	if len(b) < header || length < header {
		return nil
	}
	own := int(be16(b[4:]))
	if own < header { // bad, or left to segmentation offload
		return nil
	}
	payload := b[header:min(len(b), length, own)]
	if len(payload) > 0 && mayBeTunnel(be16(b[0:]), be16(b[2:]), payload[0]) {
		return nil
	}
	return payload
}
