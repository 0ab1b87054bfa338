package tls

import (
	"crypto/rsa"
	"crypto/sha256"
	"sync"
	"sync/atomic"
)

// label is which secret of a connection a line of a key log holds.
type label uint8

const (
	masterSecret label = iota // CLIENT_RANDOM: TLS 1.2 and before
	clientEarly
	clientHandshake
	serverHandshake
	clientTraffic
	serverTraffic
	labels
)

// secret is a secret of a connection.
type secret struct {
	n uint8
	b [secretLength]byte
}

func (s *secret) bytes() []byte { return s.b[:s.n] }

// logged is what key logs hold of one connection.
type logged struct {
	secrets [labels]secret
	users   int    // connections that use it
	place   uint64 // in the order of arrival
}

// Keys holds the secrets of connections that were logged, and private keys of servers. Any goroutine may use it.
type Keys struct {
	changes  atomic.Uint64
	expected atomic.Bool

	mu      sync.Mutex
	max     int
	logged  map[[32]byte]*logged // by client random
	order   [][32]byte           // of arrival, the oldest first; those that are gone are passed over
	first   uint64               // place of order[0]
	dropped uint64
	private map[[32]byte]*rsa.PrivateKey // by keyID
}

// NewKeys returns an empty store for the secrets of up to max connections that have not begun or have not ended. Beyond that the
// oldest that no connection uses are forgotten.
func NewKeys(max int) *Keys {
	return &Keys{max: max, logged: map[[32]byte]*logged{}, private: map[[32]byte]*rsa.PrivateKey{}}
}

// Expect says that more secrets may be added at any time, so that it is worth waiting for them.
func (k *Keys) Expect() { k.expected.Store(true) }

// hopeless reports whether nothing can be decrypted: there is nothing and nothing will come.
func (k *Keys) hopeless() bool { return k == nil || !k.expected.Load() && k.changes.Load() == 0 }

// Changes returns a number that increases whenever a secret or a private key is added.
func (k *Keys) Changes() uint64 { return k.changes.Load() }

// Dropped returns of how many connections the secrets were forgotten for others.
func (k *Keys) Dropped() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dropped
}

// add adds a secret. The first one of a kind stays.
func (k *Keys) add(of label, random *[32]byte, value []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.logged[*random]
	if e == nil {
		k.makeRoom()
		e = &logged{place: k.first + uint64(len(k.order))}
		k.logged[*random] = e
		k.order = append(k.order, *random)
	}
	if s := &e.secrets[of]; s.n == 0 {
		s.n = uint8(copy(s.b[:], value))
		k.changes.Add(1)
	}
}

// makeRoom forgets the oldest secrets that no connection uses. Those in use become the newest.
func (k *Keys) makeRoom() {
	for i := len(k.order); i > 0 && (len(k.logged) >= k.max || len(k.order) >= 2*k.max); i-- {
		random, place := k.order[0], k.first
		k.order = k.order[1:]
		k.first++
		e := k.logged[random]
		switch {
		case e == nil || e.place != place: // gone, or logged again later
		case e.users > 0:
			e.place = k.first + uint64(len(k.order))
			k.order = append(k.order, random)
		default:
			k.wipe(random, e)
			k.dropped++
		}
	}
}

// wipe overwrites the secrets of a connection and forgets them.
func (k *Keys) wipe(random [32]byte, e *logged) {
	*e = logged{}
	delete(k.logged, random)
}

// use notes that a connection with a client random has begun to use its secrets, if there are any.
func (k *Keys) use(random *[32]byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.logged[*random]
	if e != nil {
		e.users++
	}
	return e != nil
}

// release notes that a connection has ended. Its secrets are forgotten when no other connection uses them: the same one may be
// captured at several places.
func (k *Keys) release(random *[32]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.logged[*random]
	if e == nil || e.users == 0 {
		return
	}
	if e.users--; e.users == 0 {
		k.wipe(*random, e)
	}
}

// secret returns a secret of a connection, with n 0 if it is not there.
func (k *Keys) secret(of label, random *[32]byte) (s secret) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.logged[*random]; e != nil {
		s = e.secrets[of]
	}
	return s
}

// Wipe overwrites and forgets all secrets, and forgets the private keys.
func (k *Keys) Wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for random, e := range k.logged {
		k.wipe(random, e)
	}
	clear(k.private)
	k.order = nil
}

// keyID identifies an RSA key.
func keyID(p *rsa.PublicKey) [32]byte { return sha256.Sum256(p.N.Bytes()) }

// AddPrivateKey adds the private key of a server. It opens connections whose key exchange is RSA, and no others.
func (k *Keys) AddPrivateKey(key *rsa.PrivateKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.private[keyID(&key.PublicKey)] = key
	k.changes.Add(1)
}

// hasPrivate reports whether there is a private key at all.
func (k *Keys) hasPrivate() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.private) > 0
}

// privateKey returns the private key that belongs to a public one, nil if it is not there.
func (k *Keys) privateKey(id [32]byte) *rsa.PrivateKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.private[id]
}
