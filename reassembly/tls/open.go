package tls

const (
	// searchBound is how many records may be lost at a place and the next one is still recognised.
	searchBound = 128
	// maxSearch bounds the records among which the first one is searched for when secrets come late.
	maxSearch = 1024
	// maxFailures is how many records in a row may fail before a direction is given up.
	maxFailures = 16
)

// open decrypts a record with the cipher of a direction. The plaintext lies in memory that the next call uses again.
func (c *Conn) open(h *half, record []byte) ([]byte, bool) {
	plain, seq, ok := c.tryFrom(h.cipher, h.seq, h.searching, 0, record)
	if ok {
		h.seq, h.searching, h.failures = seq, false, 0
	}
	return plain, ok
}

// tryFrom decrypts a record with a cipher, as that with the number seq or, when searching, one of the next ones. more is how many
// more than usual.
func (c *Conn) tryFrom(with recordCipher, seq uint64, searching bool, more uint64, record []byte) ([]byte, uint64, bool) {
	n := uint64(1)
	if searching {
		n = min(searchBound+more, maxSearch)
	}
	if with == nil {
		return nil, seq, false
	}
	for end := seq + n; seq < end; seq++ {
		plain, ok := with.open(c.d.scratch[:0], seq, record)
		if cap(plain) > cap(c.d.scratch) {
			c.d.scratch = plain[:0]
		}
		if ok {
			return plain, seq, true
		}
	}
	return nil, seq, false
}

// fail notes that a record could not be decrypted although there are secrets.
func (c *Conn) fail(side Side, at int64) {
	h := &c.half[side]
	c.d.stats.Failed++
	h.searching = true
	h.messages.reset()
	c.out.Lost(side, at)
	if h.failures++; h.failures >= maxFailures {
		h.dead = true
	}
}

// drop notes that a record could not be decrypted for want of a secret.
func (c *Conn) drop(side Side) {
	c.d.stats.Dropped++
	c.half[side].dropped++
}

// look looks for the secrets of the connection, when the keys have changed since it was last done.
func (c *Conn) look() {
	k := c.d.keys
	if k == nil || !c.neg.begun {
		return
	}
	if changes := k.Changes(); !c.looked || changes != c.lookedAt {
		c.looked, c.lookedAt = true, changes
		if !c.using {
			c.using = k.use(&c.neg.clientRandom)
		}
		if c.using {
			for of := range labels {
				if c.secrets[of].n == 0 {
					c.secrets[of] = k.secret(of, &c.neg.clientRandom)
				}
			}
		}
	}
}

// mayWait reports whether it is worth waiting for a secret.
func (c *Conn) mayWait() bool {
	return !c.gaveUp && c.d.keys != nil && c.d.keys.expected.Load()
}

// process12 takes an encrypted record of TLS 1.2 and before. It returns false if the record has to wait.
func (c *Conn) process12(side Side, at int64, record []byte) bool {
	h := &c.half[side]
	if h.dead {
		c.drop(side)
		return true
	}
	if h.cipher == nil {
		with, wait := c.cipher12(side)
		if wait {
			return false
		}
		if with == nil {
			c.drop(side)
			return true
		}
		h.cipher, h.seq = with, h.dropped
	}
	plain, ok := c.open(h, record)
	if !ok {
		h.seq++
		c.fail(side, at)
		return true
	}
	h.seq++
	c.d.stats.Opened++
	c.content(side, at, record[0], plain)
	return true
}

// cipher12 returns the cipher of a side, nil without one. wait says that it may be there later.
func (c *Conn) cipher12(side Side) (with recordCipher, wait bool) {
	n := &c.neg
	if !n.known || !n.begun {
		return nil, !c.gaveUp && !c.d.keys.hopeless()
	}
	if !n.supported {
		return nil, false
	}
	role := 0
	if side != c.client {
		role = 1
	}
	if n.next[role] == nil {
		c.look()
		master := c.secrets[masterSecret]
		if master.n == 0 {
			var incomplete bool
			if master, incomplete = c.masterRSA(); incomplete && !c.gaveUp {
				return nil, true
			}
		}
		if master.n == 0 {
			return nil, c.mayWait()
		}
		n.next[0], n.next[1] = keys12(n, master.bytes())
	}
	return n.next[role], false
}

// masterRSA returns the master secret of a connection whose premaster secret a private key opens, or that goes on with such a
// one. incomplete says that the messages that this needs are still to come.
func (c *Conn) masterRSA() (master secret, incomplete bool) {
	n := &c.neg
	x := n.exchange
	if x == nil || n.is13() {
		return master, false
	}
	if n.session == nil {
		switch {
		case x.complete():
			if !n.suite.rsa || !x.hasKey || x.encrypted == nil {
				return master, false
			}
			n.session = n.newSession()
			c.d.sessions.add(n.sessionID, n.session)
		case !x.certified && !x.done && c.half[1-c.client].changed: // an earlier session goes on
			if n.session = c.earlierSession(); n.session == nil {
				return master, false
			}
		default:
			return master, true
		}
	}
	return n.session.master(c.d.keys), false
}

// earlierSession returns the session that the connection goes on with, nil if it is not known.
func (c *Conn) earlierSession() *session {
	if s := c.d.sessions.find(c.neg.ticket); s != nil {
		return s
	}
	return c.d.sessions.find(c.neg.sessionID)
}

// noteTicket notes which session a NewSessionTicket message refers to (RFC 5077 section 3.3).
func (c *Conn) noteTicket(body []byte) {
	b := cursor{rest: body, ok: true}
	b.take(4) // lifetime
	ticket := b.vector(2)
	if !b.ok {
		return
	}
	if c.neg.session == nil && !c.neg.exchange.certified {
		c.neg.session = c.earlierSession()
	} else if c.neg.session == nil {
		c.masterRSA()
	}
	if c.neg.session != nil {
		c.d.sessions.add(ticket, c.neg.session)
	}
}
