package app

import (
	"context"

	"sipspan/capture/keylog"
	"sipspan/internal/fault"
	"sipspan/reassembly/tls"
)

// secrets are those that TLS is decrypted with.
type secrets struct {
	keys   *tls.Keys
	follow *keylog.Follower // nil: no key log
}

// openSecrets reads the private keys of the configuration.
func (r *run) openSecrets() error {
	c := &r.config.TLS
	r.secrets.keys = tls.NewKeys(c.MaxKeys)
	if len(c.KeyLog) > 0 {
		r.secrets.follow = keylog.Follow(c.KeyLog, r.secrets.keys, r.log)
	}
	return keylog.AddPrivateKeys(c.PrivateKeys, r.secrets.keys)
}

// load reads the key logs to their ends.
func (s *secrets) load() error {
	if s.follow == nil {
		return nil
	}
	return s.follow.Load()
}

// run follows the key logs until ctx ends.
func (s *secrets) run(ctx context.Context) {
	defer fault.Catch()
	if s.follow != nil {
		s.follow.Run(ctx)
	}
}

// expect says that more secrets may come, and takes those that are there: a connection that begins at once finds them.
func (s *secrets) expect() {
	if s.follow != nil {
		s.keys.Expect()
		s.follow.Poll()
	}
}
