package report

import (
	"strings"

	"sipspan/record"
)

// single is what there is to say of the only call of a capture: who, how, with which codecs, and who hung up.
func single(c *record.Call) *Table {
	t := &Table{Folds: " "}
	fact := func(name string, parts ...string) {
		var known []string
		for _, p := range parts {
			if p != "" {
				known = append(known, p)
			}
		}
		if len(known) > 0 {
			t.row(heading(name), left(strings.Join(known, " · ")))
		}
	}
	fact("from", who(c.From), wire(c.Caller.Addr), wire(c.Caller.UserAgent))
	fact("to", who(c.To), wire(c.Callee.Addr), wire(c.Callee.UserAgent))
	fact("ended", words(c.Disposition.String()), answered(c), released(c))
	var media []string
	for _, m := range c.Media {
		media = append(media, strings.TrimSpace(wire(m.Type)+" "+wire(m.Codec)+" "+wire(m.Direction)))
	}
	fact("media", strings.Join(media, ", "))
	fact("why", why(c.Cause))
	fact("Call-ID", wire(c.CallID))
	return t
}

// answered names the answer that the caller received.
func answered(c *record.Call) string {
	if c.Status == 0 {
		return ""
	}
	said := answer(c.Status, c.Reason)
	if c.Setup.Known {
		said += " after " + span(c.Setup.D)
	}
	return said
}

// released names who ended an answered call, and when.
func released(c *record.Call) string {
	by := ""
	switch c.ReleasedBy {
	case "":
	case "network":
		by = "the network released it"
	default:
		by = "the " + wire(c.ReleasedBy) + " hung up"
	}
	if !c.Duration.Known {
		return by
	}
	if by == "" {
		return "it lasted " + span(c.Duration.D)
	}
	return by + " after " + span(c.Duration.D)
}
