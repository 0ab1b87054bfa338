package story

import (
	"fmt"
	"strconv"
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
)

func (t *teller) call(c *record.Call) {
	t.Heading = "Call, " + words(c.Disposition.String())
	t.fact("from", party(c.From))
	t.fact("to", party(c.To))
	if c.RequestURI != "" && c.RequestURI != c.To.URI {
		t.fact("Request-URI", c.RequestURI)
	}
	t.fact("caller", endpoint(c.Caller))
	t.fact("callee", endpoint(c.Callee))
	t.fact("asserted identity", strings.Join(c.AssertedIdentity, ", "))
	var services []string
	for _, s := range c.Services {
		services = append(services, words(s))
	}
	t.fact("services", strings.Join(services, ", "))

	sent := ""
	if n := len(c.Hops); n > 1 {
		sent = fmt.Sprintf("over %d hops", n)
	}
	challenged := ""
	if c.Challenged {
		challenged = "after a challenge"
	}
	t.course("it began", t.when(&c.Header), sent, challenged)
	t.course(outcome(c)...)
	t.course(ending(c)...)
}

func endpoint(e record.Endpoint) string {
	return join(e.Addr, bracketed(e.UserAgent))
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + plain.Clean(s, maxText) + ")"
}

// outcome says what became of the attempt.
func outcome(c *record.Call) []string {
	ring := within("ringing for", c.Ring)
	switch {
	case c.Disposition == record.Answered:
		took := within("after", c.Setup)
		if ring != "" {
			ring = ", " + ring
		}
		with := ""
		if c.Status != 0 {
			with = " with " + answer(c.Status, c.Reason)
		}
		return []string{"it was answered" + with + spaced(took) + ring}
	case c.Disposition == record.InProgress && c.Status/100 == 2:
		return []string{"it was answered with " + answer(c.Status, c.Reason) + spaced(within("after", c.Setup)) + ", and its end has not been seen"}
	case c.Disposition == record.InProgress:
		return []string{"the capture ended before its outcome was known"}
	case c.Disposition == record.Timeout:
		return []string{"there was no final response"}
	case c.Status != 0:
		return []string{"it ended as", words(c.Disposition.String()) + ": the caller received " + answer(c.Status, c.Reason) + afterRinging(ring)}
	}
	return []string{"it ended as", words(c.Disposition.String()) + afterRinging(ring)}
}

// afterRinging adds how long it rang before that.
func afterRinging(ring string) string {
	if ring == "" {
		return ""
	}
	return " after " + ring
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

// ending says how an answered call ended, and what was odd.
func ending(c *record.Call) []string {
	var said []string
	if c.Disposition == record.Answered {
		switch {
		case c.ReleasedBy == "network":
			said = append(said, join("the network released it", within("after", c.Duration)))
		case c.ReleasedBy != "":
			said = append(said, join("the", c.ReleasedBy, "hung up", within("after", c.Duration)))
		case c.Duration.Known:
			said = append(said, within("it lasted", c.Duration))
		default:
			said = append(said, "its end was not captured")
		}
	}
	if c.Retransmissions > 0 {
		said = append(said, several(c.Retransmissions, "message was", "messages were")+" sent again")
	}
	if c.InstantMessages > 0 {
		said = append(said, several(c.InstantMessages, "instant message", "instant messages"))
	}
	return []string{strings.Join(said, "; ")}
}

// several counts something.
func several(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}
