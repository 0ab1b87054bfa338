package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sipspan/record"
	"sipspan/view/plain"
)

// tab is one of the lists.
type tab int

const (
	calls tab = iota
	registrations
	subscriptions
	others   // publications, messages, single requests
	failures // of all kinds: whatever has a cause
	tabs     = int(iota)
)

var tabNames = [tabs]string{"Calls", "Registrations", "Subscriptions", "Others", "Failures"}

// maxText is how many characters of a text are drawn, and searched.
const maxText = 200

// row is one record as the lists have it.
type row struct {
	record   record.Record
	tab      tab // failures: of a failure that no session has
	cause    *record.Cause
	search   string // in small letters
	selected bool
	gone     bool // to be taken out of the lists
}

// newRow returns nil for records that are of no session.
func newRow(r record.Record) *row {
	w := &row{record: r}
	var words []string
	add := func(all ...string) {
		for _, s := range all {
			if s = plain.Clean(s, maxText); s != "" {
				words = append(words, s)
			}
		}
	}
	switch r := r.(type) {
	case *record.Call:
		w.tab, w.cause = calls, r.Cause
		add(r.From.Display, r.To.Display, r.Reason)
		add(r.Services...)
	case *record.Registration:
		w.tab, w.cause = registrations, r.Cause
		add(r.Reason, r.UserAgent)
	case *record.Subscription:
		w.tab, w.cause = subscriptions, r.Cause
		add(r.Reason, r.Event)
	case *record.Publication:
		w.tab, w.cause = others, r.Cause
		add(r.Reason, r.Event)
	case *record.Message:
		w.tab, w.cause = others, r.Cause
		add(r.Reason)
	case *record.Transaction:
		w.tab, w.cause = others, r.Cause
		add(r.Reason)
	case *record.Failure:
		w.tab, w.cause = failures, r.Cause
		add(r.Reason)
	default:
		return nil
	}
	c := w.cells()
	add(c.from, c.to, c.what, c.code, r.Head().CallID)
	if w.cause != nil {
		add(w.cause.Explanation, w.cause.Text)
	}
	w.search = strings.ToLower(strings.Join(words, "\n"))
	return w
}

// cells is what a list shows of a record.
type cells struct{ from, to, what, code, more string }

func (w *row) cells() cells {
	switch r := w.record.(type) {
	case *record.Call:
		return cells{uri(r.From.URI), uri(r.To.URI), words(r.Disposition.String()), code(r.Status), elapsed(r.Duration)}
	case *record.Registration:
		contact := ""
		if len(r.Contacts) > 0 {
			contact = r.Contacts[0]
		}
		return cells{uri(r.AOR), uri(contact), words(r.Outcome.String()), code(r.Status), seconds(r.Expires)}
	case *record.Subscription:
		return cells{uri(r.Subscriber), uri(r.Resource), words(r.Outcome.String()), code(r.Status), plain.Clean(r.Event, maxText)}
	case *record.Publication:
		return cells{uri(r.AOR), plain.Clean(r.Dst, maxText), words(r.Outcome.String()), code(r.Status), "PUBLISH"}
	case *record.Message:
		return cells{uri(r.From.URI), uri(r.To.URI), "", code(r.Status), "MESSAGE"}
	case *record.Transaction:
		what := ""
		if r.Timeout {
			what = "timeout"
		}
		return cells{uri(r.From.URI), uri(r.To.URI), what, code(r.Status), plain.Clean(r.Method, maxText)}
	case *record.Failure:
		return cells{uri(r.From.URI), uri(r.To.URI), "", code(r.Status), plain.Clean(r.Method, maxText)}
	}
	return cells{}
}

// more is the heading of the last cell of each list.
var more = [tabs]string{"LASTED", "EXPIRES", "EVENT", "METHOD", "MORE"}

// sides are the headings of the first two.
var sides = [tabs][2]string{{"FROM", "TO"}, {"USER", "CONTACT"}, {"SUBSCRIBER", "RESOURCE"}, {"FROM", "TO"}, {"FROM", "TO"}}

// uri writes a URI without its scheme and its parameters.
func uri(s string) string {
	s, _, _ = strings.Cut(s, ";")
	if scheme, rest, ok := strings.Cut(s, ":"); ok {
		switch strings.ToLower(scheme) {
		case "sip", "sips", "tel", "pres":
			s = rest
		}
	}
	return plain.Clean(s, maxText)
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

func code(status int) string {
	if status == 0 {
		return ""
	}
	return strconv.Itoa(status)
}

func seconds(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n) + " s"
}

func elapsed(e record.Elapsed) string {
	if !e.Known {
		return ""
	}
	s := int64(e.D / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// began writes when a session began: the time of day, with the date in front if there is room for it.
func began(h *record.Header, zone *time.Location, dated bool) string {
	if h.Start == 0 || h.Confidence.Flags&record.NoTimes != 0 {
		return ""
	}
	layout := "15:04:05"
	if dated && h.Confidence.Flags&record.NoDates == 0 {
		layout = time.DateTime
	}
	if h.Confidence.Flags&(record.NoDates|record.LocalTimes) != 0 {
		zone = time.UTC
	}
	return time.Unix(0, h.Start).In(zone).Format(layout)
}

// why returns in words why it failed, or "".
func (w *row) why() string {
	if w.cause == nil {
		return ""
	}
	return plain.Clean(w.cause.Explanation, 2*maxText)
}
