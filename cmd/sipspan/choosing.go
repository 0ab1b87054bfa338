package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sipspan/record"
)

// choosing holds the flags that say which sessions a command is about. All that are given have to match.
type choosing struct {
	callID, id, user, status, disposition string
}

// choosingFlags gives cmd the flags for choosing.
func choosingFlags(cmd *cobra.Command) *choosing {
	c := &choosing{}
	flags := cmd.Flags()
	flags.StringVar(&c.callID, "call-id", "", "the session with this `Call-ID`; its beginning with * after it is enough")
	flags.StringVar(&c.id, "id", "", "the record with this `id`")
	flags.StringVar(&c.user, "user", "", "sessions of which one side has this `name`, number or URI")
	flags.StringVar(&c.status, "status", "", "sessions with this final status `code`, such as 486 or 5xx")
	flags.StringVar(&c.disposition, "disposition", "", "sessions that ended so: the `word` of disposition or outcome in the record")
	return c
}

// check refuses values that can match nothing.
func (c *choosing) check() error {
	if c.status == "" {
		return nil
	}
	if len(c.status) == 3 && c.status[0] >= '1' && c.status[0] <= '6' {
		if _, err := strconv.Atoi(c.status); err == nil || strings.EqualFold(c.status[1:], "xx") {
			return nil
		}
	}
	return &usageError{err: errors.New("flag --status: " + strconv.Quote(c.status) + ": expected a code such as 486, or a class such as 5xx")}
}

// String says what was asked for.
func (c *choosing) String() string {
	var all []string
	for _, f := range []struct{ name, value string }{
		{"Call-ID", c.callID}, {"id", c.id}, {"user", c.user}, {"status", c.status}, {"disposition", c.disposition},
	} {
		if f.value != "" {
			all = append(all, fmt.Sprintf("%s %q", f.name, f.value))
		}
	}
	return strings.Join(all, ", ")
}

// match reports whether a record is asked for.
func (c *choosing) match(r record.Record) bool {
	h := r.Head()
	if c.callID != "" && !matchText(c.callID, h.CallID) || c.id != "" && c.id != h.ID {
		return false
	}
	s := sidesOf(r)
	if c.user != "" && !s.has(c.user) {
		return false
	}
	if c.disposition != "" && c.disposition != s.ended {
		return false
	}
	return c.status == "" || s.hasStatus(c.status)
}

// matchText compares a text with what was asked for, which may end in *.
func matchText(wanted, text string) bool {
	if beginning, ok := strings.CutSuffix(wanted, "*"); ok {
		return strings.HasPrefix(text, beginning)
	}
	return wanted == text
}

// sides is what choosing looks at in a record.
type sides struct {
	uris   []string
	ended  string
	status int
}

func sidesOf(r record.Record) sides {
	switch r := r.(type) {
	case *record.Call:
		return sides{append([]string{r.From.URI, r.To.URI, r.RequestURI}, r.AssertedIdentity...), r.Disposition.String(), r.Status}
	case *record.Registration:
		return sides{append([]string{r.AOR}, r.Contacts...), r.Outcome.String(), r.Status}
	case *record.Subscription:
		return sides{[]string{r.Resource, r.Subscriber}, r.Outcome.String(), r.Status}
	case *record.Publication:
		return sides{[]string{r.AOR}, r.Outcome.String(), r.Status}
	case *record.Message:
		return sides{[]string{r.From.URI, r.To.URI}, "", r.Status}
	case *record.Transaction:
		return sides{[]string{r.From.URI, r.To.URI, r.RequestURI}, "", r.Status}
	}
	return sides{}
}

// has reports whether one of the sides is a user: the whole URI, what is before the @, or a number with + or 00 in front or without.
func (s *sides) has(user string) bool {
	for _, uri := range s.uris {
		_, rest, ok := strings.Cut(uri, ":")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "@")
		name, _, _ = strings.Cut(name, ";")
		if uri == user || rest == user || matchText(number(user), number(name)) {
			return true
		}
	}
	return false
}

// number takes from a number what stands for the international prefix.
func number(user string) string {
	return strings.TrimPrefix(strings.TrimPrefix(user, "+"), "00")
}

func (s *sides) hasStatus(wanted string) bool {
	code := strconv.Itoa(s.status)
	return code == wanted || strings.EqualFold(wanted[1:], "xx") && len(code) == 3 && code[0] == wanted[0]
}
