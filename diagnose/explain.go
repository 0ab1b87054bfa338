package diagnose

import (
	"sipspan/record"
	"sipspan/session/evidence"
)

// rules are asked in turn; the first finding holds. What an element says itself comes before what can be inferred, and
// the particular before the general.
var rules = [...]func(*view) *finding{
	(*view).microsoft,
	(*view).reasonField,
	(*view).warningField,
	(*view).authentication,
	(*view).forbidden,
	(*view).loop,
	(*view).dialog,
	(*view).reliable,
	(*view).replacing,
	(*view).overload,
	(*view).negotiation,
	(*view).network,
	(*view).behindNAT,
	(*view).timeout,
	(*view).registration,
	(*view).ringing,
	(*view).quietReason,
	(*view).microsoftSilent,
	(*view).status,
	(*view).mediaBehindNAT,
}

// Explain returns the best explanation of a case, nil when there is nothing to explain: a request that succeeded, one
// that is still on its way (a 101 Progress Report with ms-diagnostics 13004 is progress), or a call that ended as calls do.
// The cause refers to nothing of the case.
func Explain(c *evidence.Case) *record.Cause {
	_, cause := explain(c)
	return cause
}

// explain is Explain that also tells which diagnosis it was.
func explain(c *evidence.Case) (id string, cause *record.Cause) {
	if 100 <= c.Status && c.Status < 200 {
		return "", nil
	}
	v := newView(c)
	defer v.release()
	for _, rule := range rules {
		if f := rule(v); f != nil {
			f.evidence = append(v.windows(), f.evidence...)
			return f.id, v.cause(f)
		}
	}
	return "", nil
}
