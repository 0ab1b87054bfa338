package tls

// process13 takes an encrypted record of TLS 1.3. It returns false if the record has to wait.
func (c *Conn) process13(side Side, at int64, record []byte) bool {
	h := &c.half[side]
	if h.dead || c.d.keys.hopeless() {
		c.drop(side)
		return true
	}
	if !c.neg.known {
		if c.neg.begun && side == c.client && c.gaveUp && c.guessSuite(record) {
			return c.process13(side, at, record)
		}
		if c.gaveUp {
			c.drop(side)
		}
		return c.gaveUp
	}
	switch {
	case !c.neg.supported:
		c.drop(side)
		return true
	case !c.neg.begun:
		if c.gaveUp {
			c.drop(side)
		}
		return c.gaveUp
	}
	if h.cipher == nil && h.epoch == epochEarly && !c.begins(side) {
		return false
	}
	plain, ok, wait := c.open13(side, record)
	switch {
	case wait:
		return false
	case ok:
		c.d.stats.Opened++
		n := len(plain) - 1
		for n >= 0 && plain[n] == 0 { // padding
			n--
		}
		if n >= 0 {
			c.content(side, at, plain[n], plain[:n])
		}
	case h.cipher == nil: // no secret, or data of a client that the server did not accept
		c.drop(side)
	default:
		c.fail(side, at)
		h.seq++
	}
	return true
}

// begins chooses the epoch of the first encrypted record of a side. It returns false if that is not known yet.
func (c *Conn) begins(side Side) bool {
	h := &c.half[side]
	if side == c.client && c.neg.offersEarly {
		switch c.early {
		case earlyUnknown:
			return false
		case earlyAccepted:
			c.look()
			if c.secrets[clientEarly].n > 0 {
				return true
			}
		}
		h.searching = true // records of the client may come that are not to be decrypted
	}
	h.epoch = epochHandshake
	return true
}

// labelOf returns which secret protects a side in an epoch.
func (c *Conn) labelOf(side Side, e epoch) label {
	switch {
	case e == epochEarly:
		return clientEarly
	case e == epochHandshake && side == c.client:
		return clientHandshake
	case e == epochHandshake:
		return serverHandshake
	case side == c.client:
		return clientTraffic
	}
	return serverTraffic
}

// open13 decrypts a record with the secret of the epoch that its side is in, or else with those of the epochs after that: the
// records in between may be lost, or their secrets missing. wait says that a secret may come later.
func (c *Conn) open13(side Side, record []byte) (plain []byte, ok, wait bool) {
	h := &c.half[side]
	if h.cipher != nil {
		if plain, ok = c.open(h, record); ok {
			h.seq++
			return plain, true, false
		}
		if h.epoch == epochTraffic && h.searching {
			return c.openUpdated(h, record)
		}
	}
	c.look()
	first := h.epoch
	if h.cipher != nil {
		first++
	}
	for e := first; e <= epochTraffic; e++ {
		s := c.secrets[c.labelOf(side, e)]
		if s.n == 0 || int(s.n) != c.neg.suite.prf.Size() {
			if c.mayWait() {
				return nil, false, h.cipher == nil || h.searching
			}
			continue
		}
		with := keys13(c.neg.suite, s.bytes())
		plain, seq, ok := c.tryFrom(with, 0, h.searching || h.dropped > 0, h.dropped, record)
		if ok {
			h.cipher, h.secret, h.epoch, h.seq = with, s, e, seq+1
			h.searching, h.failures = false, 0
			return plain, true, false
		}
	}
	return nil, false, false
}

// openUpdated decrypts a record with the secret that follows the one in use: the KeyUpdate may be lost.
func (c *Conn) openUpdated(h *half, record []byte) (plain []byte, ok, wait bool) {
	next := nextSecret(c.neg.suite, &h.secret)
	with := keys13(c.neg.suite, next.bytes())
	plain, seq, ok := c.tryFrom(with, 0, true, 0, record)
	if ok {
		h.cipher, h.secret, h.seq, h.searching, h.failures = with, next, seq+1, false, 0
	}
	return plain, ok, false
}

// nextSecret returns the traffic secret after a KeyUpdate.
func nextSecret(s suite, now *secret) (next secret) {
	b := updated(s.prf, now.bytes())
	next.n = uint8(copy(next.b[:], b))
	clear(b)
	return next
}

// message13 changes the secret of a side after a message that is the last one under the one before.
func (c *Conn) message13(side Side, kind byte, body []byte) {
	h := &c.half[side]
	switch {
	case kind == finished && h.epoch == epochHandshake, kind == endOfEarlyData && h.epoch == epochEarly && side == c.client:
		h.epoch++
		h.cipher, h.secret, h.seq, h.dropped = nil, secret{}, 0, 0
	case kind == keyUpdate && h.epoch == epochTraffic && len(body) == 1:
		h.secret = nextSecret(c.neg.suite, &h.secret)
		h.cipher, h.seq = keys13(c.neg.suite, h.secret.bytes()), 0
	}
}

// guessSuite finds the cipher suite of a connection of which only the client was captured: the one of those it offers under which
// its first encrypted record is authentic.
func (c *Conn) guessSuite(record []byte) bool {
	if !c.neg.offers13 {
		return false
	}
	c.look()
	for _, of := range [...]label{clientHandshake, clientTraffic} {
		s := c.secrets[of]
		for _, id := range c.neg.offered {
			suite := suites13[id]
			if int(s.n) != suite.prf.Size() {
				continue
			}
			with := keys13(suite, s.bytes())
			if _, _, ok := c.tryFrom(with, 0, true, c.half[c.client].dropped, record); ok {
				c.neg.known, c.neg.version, c.neg.suite, c.neg.supported = true, VersionTLS13, suite, true
				c.info.Version, c.info.Suite = VersionTLS13, id
				return true
			}
		}
	}
	return false
}
