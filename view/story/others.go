package story

import (
	"strconv"
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
)

func seconds(n int) string {
	if n < 0 {
		return ""
	}
	return "for " + strconv.Itoa(n) + " s"
}

func (t *teller) way(src, dst string) {
	if src != "" || dst != "" {
		t.fact("way", orElse(src, "?")+" → "+orElse(dst, "?"))
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// answered says what a request was answered with.
func (t *teller) answered(status int, reason string, took record.Elapsed, challenged bool) {
	after := ""
	if challenged {
		after = "after a challenge"
	}
	if status == 0 {
		t.course("no final response was captured", after)
		return
	}
	if after != "" {
		after = "(" + after + ")"
	}
	t.course("the answer was", answer(status, reason), within("after", took), after)
}

func (t *teller) registration(r *record.Registration) {
	t.Heading = "Registration, " + words(r.Outcome.String())
	t.fact("address of record", r.AOR)
	t.fact("contacts", strings.Join(r.Contacts[:min(len(r.Contacts), 8)], ", "))
	t.fact("client", r.UserAgent)
	t.way(r.Src, r.Dst)
	t.course("it began", t.when(&r.Header))
	t.answered(r.Status, r.Reason, r.RRD, r.Challenged)
	if r.Outcome == record.Registered {
		t.course("it was granted", seconds(r.Expires))
	}
}

func (t *teller) subscription(r *record.Subscription) {
	t.Heading = "Subscription, " + words(r.Outcome.String())
	t.fact("event", r.Event)
	t.fact("resource", r.Resource)
	t.fact("subscriber", r.Subscriber)
	t.way(r.Src, r.Dst)
	if p := r.Presence; p != nil {
		t.fact("presence", p.Entity, p.Basic, strings.Join(p.Activities, ", "), bracketed(p.Note))
	}
	t.course("it began", t.when(&r.Header))
	t.answered(r.Status, r.Reason, record.Elapsed{}, r.Challenged)
	var said []string
	if r.Notifies > 0 {
		said = append(said, join(strconv.Itoa(r.Notifies), plural(r.Notifies, "notification"), bracketed(within("the first after", r.FirstNotify))))
	}
	if r.Refreshes > 0 {
		said = append(said, join("refreshed", strconv.Itoa(r.Refreshes), plural(r.Refreshes, "time")))
	}
	if r.State != "" {
		said = append(said, join("last state", plain.Clean(r.State, maxText), plain.Clean(r.TerminatedReason, maxText)))
	}
	t.course(strings.Join(said, "; "))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func (t *teller) publication(r *record.Publication) {
	t.Heading = "Publication, " + words(r.Outcome.String())
	t.fact("event", r.Event)
	t.fact("address of record", r.AOR)
	t.way(r.Src, r.Dst)
	if p := r.Presence; p != nil {
		t.fact("presence", p.Entity, p.Basic, strings.Join(p.Activities, ", "), bracketed(p.Note))
	}
	t.course("it began", t.when(&r.Header))
	t.answered(r.Status, r.Reason, record.Elapsed{}, r.Challenged)
}

func (t *teller) message(r *record.Message) {
	t.Heading = "Message"
	t.fact("from", party(r.From))
	t.fact("to", party(r.To))
	t.fact("content", r.ContentType)
	t.way(r.Src, r.Dst)
	t.course("it was sent", t.when(&r.Header))
	t.answered(r.Status, r.Reason, r.Delay, r.Challenged)
}

func (t *teller) transaction(r *record.Transaction) {
	t.Heading = plain.Clean(r.Method, maxText) + " request"
	t.request(r.RequestURI, r.From, r.To, r.Src, r.Dst)
	t.course("it was sent", t.when(&r.Header))
	t.answered(r.Status, r.Reason, r.Delay, r.Challenged)
}

func (t *teller) failure(r *record.Failure) {
	t.Heading = "Failed " + plain.Clean(r.Method, maxText)
	t.request(r.RequestURI, r.From, r.To, r.Src, r.Dst)
	t.fact("origin", r.Origin)
	t.course("it was sent", t.when(&r.Header))
	t.answered(r.Status, r.Reason, record.Elapsed{}, false)
}

func (t *teller) request(uri string, from, to record.Party, src, dst string) {
	t.fact("from", party(from))
	t.fact("to", party(to))
	t.fact("Request-URI", uri)
	t.way(src, dst)
}
