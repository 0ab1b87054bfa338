package history

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

const (
	// DefaultLimit is how many records a list has unless another number is asked for.
	DefaultLimit = 50
	// MaxLimit is how many it has at most.
	MaxLimit = 1000
	// maxValues is how many values a parameter may have.
	maxValues = 50
	// maxValue is how long one may be, in bytes.
	maxValue = 2000
)

// Params are the parameters of a list, in the order in which they are documented. Those that choose have the names of the flags of the command line.
var Params = []string{
	"where", "number", "user", "call-id", "id", "status", "disposition", "service", "cause", "method", "peer", "since", "until", "tz", "limit", "cursor",
}

// ParamError is a parameter that cannot be understood.
type ParamError struct{ Param, Text string }

// Error names the parameter and what is wrong.
func (e *ParamError) Error() string { return e.Param + ": " + e.Text }

// Parse reads what is searched for from the parameters of a request. Empty values count as none. zone is that of times without one, unless tz names
// another. Every error is a *ParamError.
func (h *History) Parse(kind record.Kind, values url.Values, zone *time.Location) (Query, error) {
	q := Query{Kind: kind, Limit: DefaultLimit}
	if err := CheckParams(values, Params); err != nil {
		return q, err
	}
	all := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(values[name]), func(v string) bool { return strings.TrimSpace(v) == "" })
	}
	one := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	asked := choose.Query{
		Where: one("where"), Number: all("number"), User: all("user"), CallID: all("call-id"), ID: all("id"), Status: all("status"),
		Disposition: all("disposition"), Service: all("service"), Cause: all("cause"), Method: all("method"), Peer: all("peer"),
		Since: one("since"), Until: one("until"), Zone: zone, Now: h.now(),
	}
	if name := one("tz"); name != "" {
		var err error
		if asked.Zone, err = time.LoadLocation(name); err != nil {
			return q, &ParamError{"tz", fmt.Sprintf("there is no time zone %q; expected a name such as Europe/Berlin or UTC", name)}
		}
	}
	if text := one("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > MaxLimit {
			return q, &ParamError{"limit", fmt.Sprintf("%q: expected a number from 1 to %d", text, MaxLimit)}
		}
		q.Limit = n
	}
	if text := one("cursor"); text != "" {
		after, ok := cursor(text)
		if !ok {
			return q, &ParamError{"cursor", "expected the cursor that a list before has given"}
		}
		q.After = &after
	}
	var err error
	if q.Choice, err = asked.Compile(); err != nil {
		var wrong *choose.Error
		if errors.As(err, &wrong) {
			return q, &ParamError{wrong.Condition, wrong.Text}
		}
		return q, &ParamError{"where", err.Error()}
	}
	return q, nil
}

// CheckParams refuses parameters that are not among the known ones, and values that are too many or too long.
func CheckParams(values url.Values, known []string) error {
	for name, list := range values {
		if !slices.Contains(known, name) {
			return &ParamError{strconv.Quote(name[:min(len(name), 40)]), "there is no such parameter; expected " + strings.Join(known, ", ")}
		}
		if len(list) > maxValues {
			return &ParamError{name, fmt.Sprintf("more than %d values", maxValues)}
		}
		for _, v := range list {
			if len(v) > maxValue {
				return &ParamError{name, fmt.Sprintf("a value is longer than %d bytes", maxValue)}
			}
		}
	}
	return nil
}

// Cursor returns the parameter of that name with which the list goes on, "" at its end.
func (l *List) Cursor() string {
	if !l.More {
		return ""
	}
	p := store.PositionOf(l.Records[len(l.Records)-1])
	return strconv.FormatInt(p.Start, 10) + "~" + p.ID
}

func cursor(text string) (p store.Position, ok bool) {
	start, id, ok := strings.Cut(text, "~")
	if !ok || id == "" {
		return p, false
	}
	n, err := strconv.ParseInt(start, 10, 64)
	return store.Position{Start: n, ID: id}, err == nil
}
