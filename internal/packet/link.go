package packet

// ethernet strips an Ethernet II header. A number below 0x600 in the place of
// the type is a length (IEEE 802.3): what follows is LLC and not walked.
func (c *cursor) ethernet() layer {
	if len(c.rest) < 14 {
		return c.ignore(ReasonShortFrame)
	}
	t := be16(c.rest[12:])
	c.skip(14)
	return layerOfEtherType(t)
}

// vlan strips one tag, whose EtherType has been read. A tag inside a tag is
// QinQ whatever its type.
func (c *cursor) vlan(tag Encap) layer {
	if len(c.rest) < 4 {
		return c.ignore(ReasonShortFrame)
	}
	if c.encap&EncapVLAN != 0 {
		tag |= EncapQinQ
	}
	c.encap |= EncapVLAN | tag
	c.numbered(uint32(be16(c.rest) & 0xfff))
	t := be16(c.rest[2:])
	c.skip(4)
	return layerOfEtherType(t)
}

// portTag strips what follows after the EtherType of a VN-Tag (four bytes) or an E-Tag (IEEE 802.1BR, six), and the EtherType
// of what is tagged.
func (c *cursor) portTag(length int) layer {
	if len(c.rest) < length+2 {
		return c.ignore(ReasonShortFrame)
	}
	c.encap |= EncapPort
	t := be16(c.rest[length:])
	c.skip(length + 2)
	return layerOfEtherType(t)
}

// sll strips the pseudo header of a Linux cooked capture.
func (c *cursor) sll() layer {
	if len(c.rest) < 16 {
		return c.ignore(ReasonShortFrame)
	}
	hardware, t := be16(c.rest[2:]), be16(c.rest[14:])
	c.skip(16)
	return layerOfCooked(hardware, t)
}

// sll2 strips the pseudo header of a Linux cooked capture, version 2.
func (c *cursor) sll2() layer {
	if len(c.rest) < 20 {
		return c.ignore(ReasonShortFrame)
	}
	hardware, t := be16(c.rest[8:]), be16(c.rest[0:])
	c.skip(20)
	return layerOfCooked(hardware, t)
}

// layerOfCooked reads the protocol of a cooked capture. For netlink and
// monitor-mode interfaces the field is no EtherType.
func layerOfCooked(hardware, t uint16) layer {
	const (
		netlink  = 824
		radiotap = 803
	)
	if hardware == netlink || hardware == radiotap {
		return layerNotIP
	}
	return layerOfEtherType(t)
}

// loopback strips the address family of a BSD loopback frame. Either byte order
// is taken: a capture does not say where it was made.
func (c *cursor) loopback() layer {
	if len(c.rest) < 4 {
		return c.ignore(ReasonShortFrame)
	}
	family := be32(c.rest)
	if family > 0xffff {
		family = uint32(c.rest[0]) | uint32(c.rest[1])<<8
	}
	c.skip(4)
	switch family {
	case 2: // AF_INET everywhere
		return layerIPv4
	case 10, 24, 28, 30: // AF_INET6: Linux; NetBSD and OpenBSD; FreeBSD; Darwin
		return layerIPv6
	}
	return layerNotIP
}
