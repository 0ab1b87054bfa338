package ladder

import (
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
)

// titleOf returns one line that names a session and how it ended.
func titleOf(r record.Record) string {
	var words []string
	say := func(s string) {
		if s = plain.Clean(s, maxName); s != "" {
			words = append(words, s)
		}
	}
	switch r := r.(type) {
	case *record.Call:
		say("call")
		say(r.From.URI)
		say("→")
		say(orElse(r.To.URI, r.RequestURI))
		say(r.Disposition.String())
	case *record.Registration:
		say("registration")
		say(r.AOR)
		say(r.Outcome.String())
	case *record.Subscription:
		say("subscription")
		say(r.Event)
		say(r.Subscriber)
		say("→")
		say(r.Resource)
		say(r.Outcome.String())
	case *record.Publication:
		say("publication")
		say(r.Event)
		say(r.AOR)
		say(r.Outcome.String())
	case *record.Message:
		say("message")
		say(r.From.URI)
		say("→")
		say(r.To.URI)
	case *record.Transaction:
		say(r.Method)
		say(r.RequestURI)
	case *record.Failure:
		say("failed")
		say(r.Method)
		say(r.RequestURI)
	case nil:
		return "messages"
	default:
		say(r.Kind().String())
	}
	return strings.Join(words, " ")
}
