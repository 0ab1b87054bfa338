package choose

import "sipspan/record"

// facts is what the short conditions look at in a record.
type facts struct {
	record record.Record
	head   *record.Header
	uris   []string // of its sides
	ended  string   // disposition or outcome
	status int
	method string
	cause  *record.Cause
	addrs  []string // address:port
}

func factsOf(r record.Record) facts {
	f := facts{record: r, head: r.Head()}
	switch r := r.(type) {
	case *record.Call:
		f.uris = append([]string{r.From.URI, r.To.URI, r.RequestURI}, r.AssertedIdentity...)
		f.ended, f.status, f.method, f.cause = r.Disposition.String(), r.Status, "INVITE", r.Cause
		f.addrs = []string{r.Caller.Addr, r.Callee.Addr}
		for i := range r.Hops {
			f.addrs = append(f.addrs, r.Hops[i].Src, r.Hops[i].Dst)
		}
	case *record.Registration:
		f.uris = append([]string{r.AOR}, r.Contacts...)
		f.ended, f.status, f.method, f.cause = r.Outcome.String(), r.Status, "REGISTER", r.Cause
		f.addrs = []string{r.Src, r.Dst}
	case *record.Subscription:
		f.uris = []string{r.Resource, r.Subscriber}
		f.ended, f.status, f.method, f.cause = r.Outcome.String(), r.Status, "SUBSCRIBE", r.Cause
		f.addrs = []string{r.Src, r.Dst}
	case *record.Publication:
		f.uris = []string{r.AOR}
		f.ended, f.status, f.method, f.cause = r.Outcome.String(), r.Status, "PUBLISH", r.Cause
		f.addrs = []string{r.Src, r.Dst}
	case *record.Message:
		f.uris = []string{r.From.URI, r.To.URI}
		f.status, f.method, f.cause = r.Status, "MESSAGE", r.Cause
		f.addrs = []string{r.Src, r.Dst}
	case *record.Transaction:
		f.uris = []string{r.From.URI, r.To.URI, r.RequestURI}
		f.status, f.method, f.cause = r.Status, r.Method, r.Cause
		f.addrs = []string{r.Src, r.Dst}
	case *record.Failure:
		f.uris = []string{r.From.URI, r.To.URI, r.RequestURI}
		f.status, f.method, f.cause = r.Status, r.Method, r.Cause
		f.addrs = []string{r.Src, r.Dst, r.Origin}
		if r.Cause != nil { // who did not respond has generated nothing
			f.addrs = append(f.addrs, r.Cause.Origin)
		}
	case *record.TLS:
		f.ended, f.cause = r.Outcome.String(), r.Cause
		f.addrs = []string{r.Src, r.Dst}
	}
	return f
}
