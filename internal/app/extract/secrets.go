package extract

// greeting looks for a ClientHello at the beginning of the segment in hand, and writes the secrets of its connection, which have to stand
// before the packets that they open. The random number stands in the first bytes of the record (RFC 8446 sections 5.1 and 4.1.2).
func (c *copying) greeting() {
	const at = 5 + 4 + 2 // header of the record, header of the handshake message, version
	b := c.packet.Payload
	if c.keys == nil || len(b) < at+32 || b[0] != 22 || b[1] != 3 || b[5] != 1 {
		return
	}
	if random := [32]byte(b[at:]); !c.write(random) {
		c.awaits[random] = true
	}
}

// write writes the secrets of a connection, and reports whether there are any.
func (c *copying) write(random [32]byte) bool {
	if c.written[random] { // the same connection, captured at several places
		return true
	}
	text := c.keys.AppendLog(nil, &random)
	if len(text) == 0 {
		return false
	}
	c.out.Secrets(text)
	clear(text)
	c.written[random] = true
	c.done.Secrets++
	return true
}

// late writes the secrets that the inputs hold after the beginning of their connection.
func (c *copying) late() {
	for random := range c.awaits {
		c.write(random)
	}
}
