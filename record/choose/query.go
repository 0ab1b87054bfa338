package choose

import (
	"fmt"
	"strings"
	"time"

	"sipspan/record"
)

// Query is what somebody wants to see. All conditions that are given have to match; of those with several values one of them.
type Query struct {
	Where       string   // an expression over the members of a record
	Number      []string // see ParseNumber
	User        []string // name, name@host or URI of one side; * at either end stands for anything
	CallID      []string // * at either end stands for anything
	ID          []string
	Status      []string // a code such as 486, or a class such as 5xx
	Disposition []string // the word of disposition or outcome
	Service     []string
	Cause       []string // the code or the source of the cause, or words of its text or explanation
	Method      []string
	Peer        []string       // the name of a group of addresses, an address, address:port, or a prefix such as 10.0.0.0/8
	Since       string         // see parseMoment; the record began then or later
	Until       string         // the record began earlier, or on that date
	Zone        *time.Location // of Since, Until and times of day; nil is UTC
	Now         time.Time      // what “ago” and “today” refer to
}

// Error is a condition that cannot be understood.
type Error struct {
	Condition string // its name as a flag, such as "status"
	Text      string // what is wrong; for expressions three lines, of which the last marks the place
}

// Error names the condition and what is wrong.
func (e *Error) Error() string { return "--" + e.Condition + ": " + e.Text }

// Choice is a compiled Query. Its methods may be called by several goroutines.
type Choice struct {
	tests        []func(*facts) bool
	asked        []string
	keys         []Key // nil: of no condition
	since, until time.Time
}

// Compile checks a query and compiles it. Every error is an *Error.
func (q *Query) Compile() (*Choice, error) {
	c := &Choice{}
	for _, text := range []struct {
		name   string
		values []string
		parse  func(string) (func(*facts) bool, error)
		keysOf func(string) []Key // nil: has no keys
	}{
		{"id", q.ID, id, keysOfID},
		{"call-id", q.CallID, callID, keysOfCallID},
		{"number", q.Number, number, keysOfNumber},
		{"user", q.User, user, keysOfUser},
		{"status", listed(q.Status), status, nil},
		{"disposition", listed(q.Disposition), disposition, nil},
		{"service", listed(q.Service), service, nil},
		{"cause", q.Cause, cause, nil},
		{"method", listed(q.Method), method, nil},
		{"peer", q.Peer, peer, keysOfPeer},
	} {
		if err := c.any(text.name, text.values, text.parse); err != nil {
			return nil, err
		}
		if len(text.values) > 0 {
			c.narrow(text.values, text.keysOf)
		}
	}
	if err := c.times(q); err != nil {
		return nil, err
	}
	if strings.TrimSpace(q.Where) != "" {
		test, err := expression(q.Where)
		if err != nil {
			return nil, err
		}
		c.add("where", q.Where, test)
	}
	return c, nil
}

// listed divides values that were given as one: by commas, and by bars as in 486|5xx.
func listed(values []string) (all []string) {
	for _, v := range values {
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '|' }) {
			all = append(all, strings.TrimSpace(part))
		}
		if v == "" {
			all = append(all, v)
		}
	}
	return all
}

// any adds the condition that one of the values matches.
func (c *Choice) any(name string, values []string, parse func(string) (func(*facts) bool, error)) error {
	if len(values) == 0 {
		return nil
	}
	tests := make([]func(*facts) bool, len(values))
	for i, v := range values {
		var err error
		if v == "" {
			err = fmt.Errorf("the value is empty")
		} else {
			tests[i], err = parse(v)
		}
		if err != nil {
			return &Error{name, err.Error()}
		}
	}
	c.add(name, strings.Join(values, " or "), func(f *facts) bool {
		for _, test := range tests {
			if test(f) {
				return true
			}
		}
		return false
	})
	return nil
}

func (c *Choice) add(name, value string, test func(*facts) bool) {
	c.tests = append(c.tests, test)
	c.asked = append(c.asked, fmt.Sprintf("--%s %q", name, value))
}

// Match reports whether a record is wanted. The stats record never is where something was asked for. An expression that cannot be evaluated for
// a record, such as one about the second hop of a call with one, does not match it.
func (c *Choice) Match(r record.Record) bool {
	if len(c.tests) == 0 {
		return true
	}
	if r.Kind() == record.KindStats {
		return false
	}
	f := factsOf(r)
	for _, test := range c.tests {
		if !test(&f) {
			return false
		}
	}
	return true
}

// All reports whether every record matches, because nothing was asked for.
func (c *Choice) All() bool { return len(c.tests) == 0 }

// String returns what was asked for, in the form of flags.
func (c *Choice) String() string { return strings.Join(c.asked, " ") }
