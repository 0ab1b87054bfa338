package record

import (
	"regexp"
	"slices"
	"strings"
)

// unnamed is how a sentence speaks of an end that has no address.
const unnamed = "an end without an address"

// party is how an end without an address stands in a sentence: see wire.Party. It says nothing to a person.
var party = regexp.MustCompile(`\[::%party-[0-9a-f]+\]:0|::%party-[0-9a-f]+|invalid AddrPort|invalid IP`)

// HideParties gives the sentences of a record words for the ends that have no address.
func HideParties(r Record) {
	switch r := r.(type) {
	case *Call:
		for i := range r.ServiceEvidence {
			hideParties(&r.ServiceEvidence[i].What)
		}
		for i := range r.Related {
			hideParties(&r.Related[i].Reason)
		}
		r.Cause = r.Cause.withoutParties()
	case *Registration:
		r.Cause = r.Cause.withoutParties()
	case *Subscription:
		r.Cause = r.Cause.withoutParties()
	case *Publication:
		r.Cause = r.Cause.withoutParties()
	case *Message:
		r.Cause = r.Cause.withoutParties()
	case *Transaction:
		r.Cause = r.Cause.withoutParties()
	case *Failure:
		r.Cause = r.Cause.withoutParties()
	}
}

func hideParties(s *string) {
	if strings.Contains(*s, "::%") || strings.Contains(*s, "invalid ") {
		*s = party.ReplaceAllLiteralString(*s, unnamed)
	}
}

// withoutParties returns a copy, because records share causes.
func (c *Cause) withoutParties() *Cause {
	if c == nil {
		return nil
	}
	own := *c
	if party.MatchString(own.Origin) {
		own.Origin = ""
	}
	hideParties(&own.Explanation)
	own.Evidence = slices.Clone(own.Evidence)
	for i := range own.Evidence {
		hideParties(&own.Evidence[i].What)
	}
	return &own
}
