package record

// Ended returns how a session or a request ended: its final status code, 0 without one, and why it failed, nil where that is not
// known or it did not.
func Ended(r Record) (status int, cause *Cause) {
	switch r := r.(type) {
	case *Call:
		return r.Status, r.Cause
	case *Registration:
		return r.Status, r.Cause
	case *Subscription:
		return r.Status, r.Cause
	case *Publication:
		return r.Status, r.Cause
	case *Message:
		return r.Status, r.Cause
	case *Transaction:
		return r.Status, r.Cause
	case *Failure:
		return r.Status, r.Cause
	case *TLS:
		return 0, r.Cause
	}
	return 0, nil
}

// Shows reports whether something at a time, in Unix nanoseconds, is part of the evidence.
func (c *Cause) Shows(at int64) bool {
	for _, e := range c.Evidence {
		if e.Time == at && at != 0 {
			return true
		}
	}
	return false
}
