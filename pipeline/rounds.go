package pipeline

import (
	"sync"

	"sipspan/decode/sip"
	"sipspan/diagnose"
	"sipspan/session"
)

// exchange is a request and its response, parsed. Messages are large and are reused.
type exchange struct{ request, response sip.Message }

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// appendTries reads the challenges of a request and what answered them.
func appendTries(all []diagnose.Try, rounds []session.Round) []diagnose.Try {
	if len(rounds) == 0 {
		return all
	}
	x := exchanges.Get().(*exchange)
	for _, r := range rounds {
		all = append(all, diagnose.ReadTry(parsed(&x.request, r.Request), parsed(&x.response, r.Response)))
	}
	_ = x.request.Parse(nil) // let go of the bytes
	_ = x.response.Parse(nil)
	exchanges.Put(x)
	return all
}

// parsed returns m with raw in it, nil when that is no message.
func parsed(m *sip.Message, raw []byte) *sip.Message {
	if len(raw) == 0 || m.Parse(raw) != nil {
		return nil
	}
	return m
}
