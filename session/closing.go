package session

import "sipspan/record"

// closeRequest writes a request that is open when the capture ends, if it is one that is written at all.
func (t *Tracker) closeRequest(r *request, at int64) {
	switch {
	case r.progress == declined && r.glared:
		t.writeGlare(r, at)
	case r.progress == declined && t.mayTryAgain(r.status, at-r.final, r.retried, r.challenge, r.formerChallenge):
		t.writeOpen(r, at)
	case r.progress == declined:
		t.complete(r, nil, at)
	case r.progress == waiting:
		x := r.bestKnown()
		if x == nil || r.wentOn(x) || at-x.final < int64(t.Config.Linger) {
			t.writeOpen(r, at)
			return
		}
		r.status, r.final = int(x.status), x.final
		t.complete(r, nil, at)
	}
}

// writeOpen writes a request whose end the capture does not show. Nothing is said of a cause.
func (t *Tracker) writeOpen(r *request, at int64) {
	r.open = true
	switch r.role {
	case roleRegister:
		t.bindings.writeRegistration(r, nil, at, record.OutcomeInProgress)
	case rolePublish:
		t.bindings.writePublication(r, nil, at, record.OutcomeInProgress)
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if t.Config.AllTransactions {
			t.writeTransaction(r, at)
		}
	}
}
