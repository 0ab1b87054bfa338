package hep

import (
	"log/slog"
	"net"
	"sync"
	"time"

	"sipspan/decode/hep"
)

// refusals logs what is refused, one line a minute at most. All of it is counted in the account of the packets.
type refusals struct {
	log    *slog.Logger
	mu     sync.Mutex
	logged time.Time
	since  int // refused after the line before
}

// logEvery is how often a line is written.
const logEvery = time.Minute

// note notes that something was refused.
func (r *refusals) note(from net.Addr, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since++; !r.logged.IsZero() && time.Since(r.logged) < logEvery {
		return
	}
	r.log.Warn("HEP refused", "from", from, "because", why, "times", r.since)
	r.logged, r.since = time.Now(), 0
}

// examine notes a packet that will be refused. Next gives it to the pipeline nevertheless, which counts it.
func (s *Source) examine(data []byte, from net.Addr) {
	var p hep.Packet
	switch f := p.Parse(data); {
	case f != hep.Whole:
		s.refusals.note(from, f.String())
	case !p.Allowed(s.config.AuthKey):
		s.refusals.note(from, "the key is not that of hep.auth_key")
	}
}
