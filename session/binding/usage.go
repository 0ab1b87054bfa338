package binding

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// Usage follows registrations and publications, which are one request each.
type Usage struct{ *transaction.Table }

// New returns a usage.
func New(t *transaction.Table) *Usage { return &Usage{t} }

// Request takes a REGISTER or PUBLISH.
func (u *Usage) Request(g *transaction.Group, v *transaction.View) {
	if v.Message.Method == sip.REGISTER {
		u.openRegister(g, v)
	} else {
		u.openPublish(g, v)
	}
}

// Response reads the bindings in a 2xx that a proxy is given: what the device receives may not be captured.
func (u *Usage) Response(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	if r.Role == transaction.RoleRegister && x.Below && r.Progress != transaction.Done && value.Success(v.Message.Status) {
		u.readBindings(r, v)
	}
}

// Complete writes what became of a REGISTER or PUBLISH.
func (u *Usage) Complete(r *transaction.Request, v *transaction.View, at int64) (said bool) {
	if r.Role == transaction.RoleRegister {
		u.writeRegistration(r, v, at, registrationOutcome(r))
	} else {
		u.writePublication(r, v, at, publicationOutcome(r))
	}
	return false
}

// Close writes a REGISTER or PUBLISH that is in progress.
func (u *Usage) Close(r *transaction.Request, at int64) {
	if r.Role == transaction.RoleRegister {
		u.writeRegistration(r, nil, at, record.OutcomeInProgress)
	} else {
		u.writePublication(r, nil, at, record.OutcomeInProgress)
	}
}
