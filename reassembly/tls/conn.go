package tls

import "sipspan/internal/invariants"

// Side is one of the two ends of a connection, numbered by the caller.
type Side uint8

// Handler receives what a Conn finds. Slices are borrowed until the call returns. It must not call the Conn.
type Handler interface {
	// Plain takes plaintext of a side, in order. at is the time that was given with the end of its record; it may lie before
	// the present one when the record had to wait for a secret.
	Plain(from Side, at int64, plain []byte)
	// Lost reports that plaintext of a side is missing here.
	Lost(from Side, at int64)
}

// Limits bound what waits for secrets.
type Limits struct {
	MaxHeld      int // bytes of records of one connection
	MaxHeldTotal int // of all connections of a Decrypter
}

// Decrypter makes the Conns of one goroutine, which share its memory.
type Decrypter struct {
	keys     *Keys
	limits   Limits
	scratch  []byte
	held     int
	sessions sessions
	stats    Stats
}

// Stats counts what became of encrypted records. The counters only grow.
type Stats struct {
	Opened  uint64 // decrypted
	Dropped uint64 // without a secret
	Failed  uint64 // not authentic with the secrets that are there
}

// NewDecrypter returns a Decrypter that takes its secrets from keys. Without keys it still reads what is in clear.
func NewDecrypter(keys *Keys, l Limits) *Decrypter {
	return &Decrypter{keys: keys, limits: l}
}

// Stats returns the counters.
func (d *Decrypter) Stats() Stats { return d.stats }

// Hopeless reports whether there are no secrets and none can come.
func (d *Decrypter) Hopeless() bool { return d.keys.hopeless() }

// Conn is one connection. Its methods are called by one goroutine.
type Conn struct {
	// Likely may be set by the caller if the connection is likely to be of use. Others may hold back less, so that they do not take the
	// room of those.
	Likely bool

	// Seq may be set by the caller before Data to the number of the first of the bytes, in a count of its own. Record returns places
	// in that count.
	Seq uint32

	d         *Decrypter
	out       Handler
	half      [2]half
	client    Side // once neg.begun
	neg       negotiation
	retried   bool // the server has sent a HelloRetryRequest
	early     earlyData
	using     bool // keys were told that their secrets are in use
	secrets   [labels]secret
	lookedAt  uint64 // state of the keys when they were last looked for
	looked    bool
	gaveUp    bool
	changed   bool // something that a waiting record may have waited for
	held      []heldRecord
	heldBytes int
	place     place // of the record in hand
	info      Info
}

// place is where the bytes of a record are in their direction.
type place struct{ from, to uint32 }

// earlyData is what became of the data that a client sends before the handshake is over (RFC 8446 section 4.2.10).
type earlyData uint8

const (
	earlyUnknown earlyData = iota
	earlyAccepted
	earlyRejected
)

// half is one direction.
type half struct {
	skip      int  // bytes of a record that is lost
	scan      bool // the next record has to be searched for
	blocked   bool // a record of it waits
	changed   bool // ChangeCipherSpec was seen
	dead      bool // it cannot be decrypted any more
	searching bool // the number of the next record is not known exactly
	finished  bool // Finished was decrypted
	messages  assembler
	cipher    recordCipher
	seq       uint64
	dropped   uint64 // records without a cipher
	epoch     epoch  // of TLS 1.3
	secret    secret // of the epoch
	failures  int    // in a row
}

// epoch is which secret of TLS 1.3 protects a direction.
type epoch uint8

const (
	epochEarly epoch = iota
	epochHandshake
	epochTraffic
)

// heldRecord is a record that waits.
type heldRecord struct {
	side   Side
	at     int64
	place  place
	record []byte
}

// Open returns a Conn of which nothing was seen yet.
func (d *Decrypter) Open(out Handler) *Conn { return &Conn{d: d, out: out} }

// Data takes the bytes of a side that follow those taken before, and returns how many of them are done with. The others have to
// be offered again with more behind them; they are fewer than MaxRecord. After final nothing follows directly: the rest of the
// bytes is lost. It returns -1 if they are not TLS.
func (c *Conn) Data(side Side, at int64, data []byte, final bool) (done int) {
	h := &c.half[side]
	for {
		n := min(h.skip, len(data)-done)
		h.skip -= n
		done += n
		rest := data[done:]
		if h.scan {
			n = nextHeader(rest)
			done += n
			rest = rest[n:]
		}
		switch {
		case len(rest) < headerSize:
			return done
		case !isHeader(rest):
			if !c.neg.begun && !c.neg.known {
				return -1
			}
			c.lose(side, at)
			h.scan = true
			done++
			continue
		}
		size := headerSize + payloadSize(rest)
		if len(rest) < size {
			if !final {
				return done
			}
			h.skip = size - len(rest)
			c.lostRecord(side, at)
			return len(data)
		}
		if h.scan && !c.fits(side, rest[:size]) {
			done++
			continue
		}
		h.scan = false
		c.place = place{c.Seq + uint32(done), c.Seq + uint32(done+size)}
		c.take(side, at, rest[:size])
		done += size
	}
}

// Gap reports that bytes of a side are missing, 0 if it is not known how many.
func (c *Conn) Gap(side Side, at int64, lost int) {
	h := &c.half[side]
	if 0 < lost && lost <= h.skip {
		h.skip -= lost
		return
	}
	h.skip, h.scan = 0, true
	c.lose(side, at)
}

// lostRecord notes that one record is lost.
func (c *Conn) lostRecord(side Side, at int64) {
	h := &c.half[side]
	h.seq++
	c.lose(side, at)
}

// lose notes that records of a side are lost, and reports it.
func (c *Conn) lose(side Side, at int64) {
	h := &c.half[side]
	h.searching = true
	h.messages.reset()
	if h.cipher != nil || h.finished {
		c.out.Lost(side, at)
	}
}

// nextHeader returns where the next header of an encrypted record may be in b; if there is none, where it may begin.
func nextHeader(b []byte) int {
	for i := range b {
		rest := b[i:]
		if rest[0] < changeCipherSpec || rest[0] > applicationData || len(rest) > 1 && rest[1] != 3 || len(rest) > 2 && rest[2] > 4 ||
			len(rest) >= headerSize && !isHeader(rest) {
			continue
		}
		return i
	}
	return len(b)
}

// fits reports whether what looks like a record after a gap is one: it decrypts, or nothing could decrypt it.
func (c *Conn) fits(side Side, record []byte) bool {
	h := &c.half[side]
	if h.cipher == nil && !h.finished || h.dead || h.blocked {
		return true
	}
	var ok bool
	if c.neg.is13() {
		if _, ok, _ = c.open13(side, record); ok {
			h.seq-- // it is opened again
		}
	} else {
		_, ok = c.open(h, record)
	}
	if !ok {
		if h.failures++; h.failures >= maxFailures {
			h.dead = true
		}
	}
	return ok
}

// take takes one record, after those that wait.
func (c *Conn) take(side Side, at int64, record []byte) {
	h := &c.half[side]
	if h.blocked {
		c.hold(side, at, record)
	} else if !c.process(side, at, record) {
		h.blocked = true
		c.hold(side, at, record)
	}
	c.drain()
}

// unlikelyHeld bounds what waits of a connection that is not likely to be of use.
const unlikelyHeld = 64 << 10

// hold keeps a record until more is known.
func (c *Conn) hold(side Side, at int64, record []byte) {
	c.held = append(c.held, heldRecord{side, at, c.place, append([]byte(nil), record...)})
	c.heldBytes += len(record)
	c.d.held += len(record)
	one, all := c.d.limits.MaxHeld, c.d.limits.MaxHeldTotal
	if !c.Likely {
		one, all = min(one, unlikelyHeld), all/2
	}
	if c.heldBytes > one || c.d.held > all {
		c.GiveUp()
	}
}

// Record returns, during Handler.Plain, where the record with the plaintext begins and ends in its direction: see Seq.
func (c *Conn) Record() (from, to uint32) { return c.place.from, c.place.to }

// Waits reports whether records wait for a secret or for the other side.
func (c *Conn) Waits() bool { return len(c.held) > 0 }

// Retry looks for secrets again that records wait for.
func (c *Conn) Retry() {
	if len(c.held) > 0 && c.d.keys != nil && c.d.keys.Changes() != c.lookedAt {
		c.changed = true
		c.drain()
	}
}

// GiveUp ends the wait: what still cannot be decrypted is lost. Secrets that come later open what comes later.
func (c *Conn) GiveUp() {
	c.gaveUp, c.changed = true, true
	if c.early == earlyUnknown {
		c.early = earlyRejected
	}
	c.drain()
}

// drain goes over the records that wait, in their order, as long as something changes.
func (c *Conn) drain() {
	for c.changed && len(c.held) > 0 {
		c.changed = false
		c.half[0].blocked, c.half[1].blocked = false, false
		kept := c.held[:0]
		for _, r := range c.held {
			h := &c.half[r.side]
			c.place = r.place
			if !h.blocked && c.process(r.side, r.at, r.record) {
				c.heldBytes -= len(r.record)
				c.d.held -= len(r.record)
				invariants.Poison(r.record)
				continue
			}
			h.blocked = true
			kept = append(kept, r)
		}
		clear(c.held[len(kept):])
		if c.held = kept; len(kept) == 0 {
			c.held = nil
		}
	}
	c.changed = false
}

// Close overwrites the secrets of the connection and forgets what waits.
func (c *Conn) Close() {
	if c.using {
		c.d.keys.release(&c.neg.clientRandom)
		c.using = false
	}
	c.d.held -= c.heldBytes
	c.secrets = [labels]secret{}
	for i := range c.half {
		c.half[i] = half{dead: true}
	}
	c.neg.next = [2]recordCipher{}
	c.neg.exchange, c.neg.session = nil, nil
	c.held, c.heldBytes = nil, 0
}

// GaveUp reports whether the wait was ended by GiveUp or by a limit, and nothing was decrypted since.
func (c *Conn) GaveUp() bool { return c.gaveUp && !c.info.Decrypted }
