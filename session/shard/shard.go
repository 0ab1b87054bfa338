package shard

import (
	"sipspan/internal/wire"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// Shard is what all parts of one shard share: the configuration, the time, the counters, and the way out for what they find.
type Shard struct {
	Config   Config
	Counters *stats.Counters
	Sink     Sink

	// Explainer is asked why things failed. When it is nil, causes say no more than status and timer. It is set before
	// the first message.
	Explainer evidence.Explainer
	// Clock knows the stamps of packets where they are not their times; nil where they are. It is set before the first
	// message.
	Clock evidence.Clock
	// Watched says that somebody wants to know of signals. It is set before the first message.
	Watched bool
	// Placed says that these signals include the INVITEs that open calls.
	Placed bool
	// Ended, if set, is given in packed form each call and subscription whose end was seen, before its record is written, and
	// again when it goes on after all; nil when it turns out that it was none. The bytes are borrowed until it returns. It is
	// set before the first message.
	Ended func(number uint64, packed []byte)

	*workspace

	Now    int64
	Peers  stats.Peers
	Ledger ledger

	// What causes are made of.
	Evidence    evidence.Store
	Events      []wire.NetworkEvent
	OldestEvent int
	lastID      link.ID // of a session that was announced
	lastNumber  uint64  // of a session
}

// NewShard returns a shard that counts in c and hands what it finishes to sink.
func NewShard(cfg Config, c *stats.Counters, sink Sink) *Shard {
	s := &Shard{Config: cfg, Counters: c, Sink: sink, workspace: new(workspace), Evidence: evidence.NewStore(cfg.MaxEvidence)}
	s.Peers, _ = stats.NewPeers(cfg.Peers) // Validate has reported what is wrong with them
	return s
}

// Share makes a shard work in the memory of another, before the first message of either. One goroutine must own both.
func (s *Shard) Share(with *Shard) {
	s.workspace = with.workspace
	s.Evidence.Share(&with.Evidence)
}

// Reload takes from the configuration of one shard what can change while sessions are open: the groups of addresses, the limits of calls,
// subscriptions and transactions, the times of timer C, linger and challenges, and whether all transactions have records. Below a lower limit
// no session ends; each new one takes the place of another until there are fewer.
func (s *Shard) Reload(cfg *Config, peers stats.Peers) {
	s.Peers = peers
	s.Config.MaxCalls, s.Config.MaxSubscriptions, s.Config.MaxTransactions = cfg.MaxCalls, cfg.MaxSubscriptions, cfg.MaxTransactions
	s.Config.TimerC, s.Config.Linger, s.Config.ChallengeWait = cfg.TimerC, cfg.Linger, cfg.ChallengeWait
	s.Config.AllTransactions = cfg.AllTransactions
}
