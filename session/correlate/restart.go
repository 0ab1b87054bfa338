package correlate

import (
	"encoding/json"
	"slices"

	"sipspan/record"
	"sipspan/session/store"
)

const (
	// packedVersion is the first byte of a packed binding. It changes with the layout.
	packedVersion = 1
	// maxContacts bounds the contacts of a record that is unpacked.
	maxContacts = 1 << 10
)

// firstNumber is the lowest number of a session of a correlator. Those of trackers are lower.
const firstNumber = uint64(1) << 63

// IsBinding reports whether the number of a session is that of a binding, which Resume of a correlator takes up.
func IsBinding(number uint64) bool { return number >= firstNumber }

// nextNumber returns the number of a registration whose record waits.
func (c *Correlator) nextNumber() uint64 {
	c.lastNumber = max(c.lastNumber, firstNumber) + 1
	return c.lastNumber
}

// Pack hands on, in packed form, the bindings whose records wait, and changes nothing: of several parts, one. The bytes are borrowed
// until save returns.
func (c *Correlator) Pack(part, parts int, save func(number uint64, packed []byte)) {
	var keys []uint64
	for key := range c.registrar.aors {
		if key%uint64(parts) == uint64(part) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		c.packAddress(c.registrar.aors[key], save)
	}
}

func (c *Correlator) packAddress(a *address, save func(number uint64, packed []byte)) {
	for i := range a.bindings {
		if b := &a.bindings[i]; b.record != nil {
			save(b.record.Session, c.pack(a, b))
		}
	}
}

// pack returns a binding in packed form, which is valid until the next call.
func (c *Correlator) pack(a *address, b *binding) []byte {
	c.packer.Pack(c.packed[:0])
	packBinding(&c.packer, &a.key, b)
	c.packed = c.packer.Packed()
	return c.packed
}

// Suspend hands on the bindings whose records wait, in packed form, and forgets these records: another correlator takes
// them up by Resume. It is called after the last record, before Close hands on what is left.
func (c *Correlator) Suspend(save func(number uint64, packed []byte)) {
	c.handleAll()
	for e := c.registrar.oldest.Front(); e != nil; e = e.Next() {
		a := e.Value.(*address)
		c.packAddress(a, save)
		for i := range a.bindings {
			a.bindings[i].record = nil
		}
	}
}

// Resume takes up a binding that another correlator has handed on. It reports false for what it cannot read, such as what
// another version has packed. It is called before the first record. The binding may have been renewed while the program was not
// running, so that its end is no loss.
func (c *Correlator) Resume(k *store.Kept) bool {
	c.lastNumber = max(c.lastNumber, k.Number)
	if k.Written {
		return true // the binding is seen again when it is renewed
	}
	var b binding
	var key uint64
	c.packer.Unpack(k.Packed)
	packBinding(&c.packer, &key, &b)
	if c.packer.Failed() || c.packer.Rest() != 0 || b.record == nil {
		return false
	}
	r := b.record
	r.Session = k.Number
	r.Confidence.Flags |= record.Restart
	r.Confidence.Gap.D += k.Gap
	r.Confidence.Gap.Known = r.Confidence.Gap.D > 0
	b.silent = true
	c.registrar.resume(key, b)
	return true
}

// resume adds a binding that was taken up, in the place of one with the same contact.
func (g *registrar) resume(key uint64, b binding) {
	a := g.aors[key]
	if a == nil {
		a = &address{table: g, key: key}
		g.aors[key] = a
		a.quiet = g.oldest.PushBack(a)
	}
	if i := a.find(b.uri); i >= 0 {
		g.release(&a.bindings[i])
		a.bindings[i] = b
	} else {
		if len(a.bindings) >= maxBindings {
			g.release(&a.bindings[0])
			a.bindings = append(a.bindings[:0], a.bindings[1:]...)
			g.count(-1)
		}
		a.bindings = append(a.bindings, b)
		g.count(1)
	}
	a.schedule()
	g.weigh(a)
	g.makeRoom()
}

// packBinding packs a binding of an address-of-record with the record that waits for it, and serves both ways. What only counts
// while a message is in hand is left out.
func packBinding(c *store.Codec, aor *uint64, b *binding) {
	version := uint64(packedVersion)
	if c.Uint64(&version); version != packedVersion {
		c.Fail()
		return
	}
	c.Base(&b.expires)
	c.Hash(aor)
	c.String(&b.uri)
	c.String(&b.asked)
	c.Hash(&b.instance)
	c.Hash(&b.flow)
	c.String(&b.callID)
	c.String(&b.agent)
	c.Addr(&b.src)
	c.Addr(&b.server)
	c.Bools(&b.silent)
	c.Time(&b.due)
	if !c.Has(b.record != nil) {
		return
	}
	if c.Unpacking() {
		b.record = new(record.Registration)
	}
	packRegistration(c, b.record)
}

// packRegistration packs a record. Its numbers for statistics were counted before it began to wait.
func packRegistration(c *store.Codec, r *record.Registration) {
	c.Uint64(&r.Session)
	for _, s := range []*string{
		&r.ID, &r.Sensor, &r.CallID, &r.Peers.From, &r.Peers.To, &r.AOR, &r.Reason, &r.UserAgent, &r.Src, &r.Dst,
	} {
		packText(c, s)
	}
	c.Time(&r.Start)
	c.Time(&r.End)
	store.Number(c, &r.Confidence.Flags)
	packElapsed(c, &r.Confidence.Gap)
	n := c.Len(len(r.Contacts), maxContacts)
	for i := range n {
		if c.Unpacking() {
			r.Contacts = append(r.Contacts, "")
		}
		packText(c, &r.Contacts[i])
	}
	store.Number(c, &r.Expires)
	store.Number(c, &r.Outcome)
	store.Number(c, &r.Status)
	packElapsed(c, &r.RRD)
	c.Bools(&r.Challenged)
	if int(r.Outcome) >= record.NumOutcomes {
		c.Fail()
	}
	if !c.Has(r.Cause != nil) {
		return
	}
	if !c.Unpacking() {
		text, err := json.Marshal(r.Cause)
		if err != nil {
			c.Fail() // plain structs of strings and numbers: not reached
		}
		c.Bytes(text)
		return
	}
	if r.Cause = new(record.Cause); json.Unmarshal(c.Borrow(), r.Cause) != nil {
		c.Fail()
	}
}

// packText packs a string, which takes one byte when it has come before.
func packText(c *store.Codec, s *string) {
	if c.Unpacking() {
		*s = string(c.Text(nil))
		return
	}
	c.Text([]byte(*s))
}

func packElapsed(c *store.Codec, e *record.Elapsed) {
	c.Bools(&e.Known)
	store.Number(c, &e.D)
	c.Time(&e.From)
}
