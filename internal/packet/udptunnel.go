package packet

// gtpPort is the UDP port of GTP-U on both ends (3GPP TS 29.281, 4.4.2).
const gtpPort = 2152

// sctpPort is the UDP port of SCTP on both ends (RFC 6951).
const sctpPort = 9899

// firstOfTunnel holds the bytes with which the tunnels in UDP begin, but for ESP and SCTP, which begin with any. RTP and nearly all SIP
// messages begin with none of them, so that a datagram that is no tunnel costs one look-up.
var firstOfTunnel = func() (set [256]bool) {
	for _, span := range [...]struct{ from, to int }{
		{0x00, 0x3f}, // Geneve, among them VXLAN (8), VXLAN-GPE (0x0c), TZSP (1), GTP-U (0x30 on), L2TP without a length
		{0x40, 0x4b}, // L2TP with a length
		{0x60, 0x6f}, // Teredo
		{0x88, 0x88}, // VXLAN with a group policy
		{0xc8, 0xc8}, // L2TP control
	} {
		for b := span.from; b <= span.to; b++ {
			set[b] = true
		}
	}
	return set
}()

// mayBeTunnel reports whether a datagram with these ports whose payload begins with this byte may be a tunnel. Nothing is a
// tunnel because of its ports alone.
func mayBeTunnel(src, dst uint16, first byte) bool {
	return firstOfTunnel[first] || src == espPort || dst == espPort || src == sctpPort || dst == sctpPort
}

// tunnelInUDP returns the tunnel that the datagram at the cursor is by its port and its content, or by its content alone where
// that is beyond doubt, or else endUDP.
func (c *cursor) tunnelInUDP() layer {
	b, promised := c.rest, c.promised
	switch c.dstPort {
	case vxlanPort, vxlanPortLinux, vxlanPortGPE:
		if isVXLAN(b, promised, true) {
			return layerVXLAN
		}
	case genevePort:
		if isGeneve(b, promised) {
			return layerGeneve
		}
	case tzspPort:
		if isTZSP(b, promised) {
			return layerTZSP
		}
	}
	switch {
	case c.isPort(gtpPort) && isGTP(b, promised):
		return layerGTP
	case c.isPort(l2tpPort) && isL2TP(b, promised):
		return layerL2TP
	case c.isPort(espPort) && c.isESP():
		return layerESP
	case c.isPort(sctpPort) && isSCTP(b, promised):
		return layerSCTP
	case isTeredo(b, promised, c.isPort(teredoPort)):
		return layerTeredo
	case isVXLAN(b, promised, false):
		return layerVXLAN
	}
	return endUDP
}

// isPort reports whether the datagram is from or to a port.
func (c *cursor) isPort(port uint16) bool { return c.srcPort == port || c.dstPort == port }
