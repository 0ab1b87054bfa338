package session

// A capture that ends after a challenge does not show whether there was a further try, and one that ends before a response
// was passed on to the sender does not show what that was told. Such a request is in progress when the capture ends.

// lastFinal returns when the last final response to the present INVITE was seen.
func (c *call) lastFinal() (last int64) {
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt {
			last = max(last, h.final)
		}
	}
	return last
}

// openAtEnd reports whether a call without an answer was in progress when the capture ended. o is what it came to so far.
// Where the caller was not told of a failure, that is decided only when the response has been missing for longer than one
// takes.
func (u *CallUsage) openAtEnd(c *call, o *hop, at int64) bool {
	switch {
	case !c.decided():
		return c.outstanding() || c.besideOthers() || o.status >= 400 && at-c.lastFinal() < int64(u.Config.Linger)
	case !c.challenged:
		return false // the correlator knows whether it was tried again under another Call-ID
	}
	return u.mayTryAgain(o.status, at-o.final, true, c.challenge, c.formerChallenge)
}

// besideOthers reports whether the INVITE went to several places from the same point.
func (c *call) besideOthers() bool {
	n := 0
	for i := range c.hops {
		if c.atTop(&c.hops[i]) {
			n++
		}
	}
	return n > 1
}
