package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sipspan/record/choose"
)

// choosing holds the flags that say which records a command is about. All that are given have to match.
type choosing struct {
	query choose.Query
	tz    string
	local *time.Location // of people, after choice
}

// choosingFlags gives cmd, which has in, the flags for choosing.
func choosingFlags(cmd *cobra.Command, in *inputs) *choosing {
	c := &choosing{}
	q, flags := &c.query, cmd.Flags()
	flags.StringVar(&q.Where, "where", "", "records for which this `expression` over their members is true, such as 'status >= 500 and setup_ms > 2000'")
	flags.StringArrayVar(&q.CallID, "call-id", nil, "the session with this `Call-ID`; its beginning with * after it is enough")
	flags.StringArrayVar(&q.ID, "id", nil, "the record with this `id`")
	flags.StringArrayVar(&q.Number, "number", nil, "one side has this `number`, written in any way; +4930* is a beginning")
	flags.StringArrayVar(&q.User, "user", nil, "one side has this `name`, name@host, number or URI")
	flags.StringArrayVar(&q.Status, "status", nil, "the final status `code`, such as 486, 5xx or '486|5xx'")
	flags.StringArrayVar(&q.Disposition, "disposition", nil, "how it ended: the `word` of disposition or outcome")
	flags.StringArrayVar(&q.Service, "service", nil, "calls with this `service`, such as transfer_attended")
	flags.StringArrayVar(&q.Cause, "cause", nil, "the cause has this code or source, or holds these `words`")
	flags.StringArrayVar(&q.Method, "method", nil, "of requests with this `method`; INVITE for calls")
	flags.StringArrayVar(&q.Peer, "peer", nil, "the configured `peer`, address, address:port or prefix that a message went to or came from")
	flags.StringVar(&q.Since, "since", "", "begun at this `time` or later: 10:30, 2026-03-01, '2026-03-01 10:30', RFC 3339, '10m ago'")
	flags.StringVar(&q.Until, "until", "", "begun before this `time`, or on this date")
	flags.StringVar(&c.tz, "tz", "", "`name` of the time zone of --since and --until and of times that are shown, such as UTC (default: the local one)")
	for name, words := range map[string][]string{"disposition": choose.Dispositions(), "service": choose.Services(), "method": methods} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	for _, name := range []string{"id", "number", "user", "status", "cause", "peer", "since", "until", "tz"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	_ = cmd.RegisterFlagCompletionFunc("call-id", completeCallID(in))
	_ = cmd.RegisterFlagCompletionFunc("where", completeWhere)
	return c
}

// methods are those of requests that have records.
var methods = []string{
	"BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE",
}

// choice compiles what was asked for.
func (c *choosing) choice() (*choose.Choice, error) {
	var err error
	if c.local, err = zoneNamed("tz", c.tz, time.Local); err != nil {
		return nil, err
	}
	c.query.Zone, c.query.Now = c.local, time.Now()
	choice, err := c.query.Compile()
	var wrong *choose.Error
	if errors.As(err, &wrong) {
		return nil, &usageError{err: fmt.Errorf("flag --%s: %s", wrong.Condition, wrong.Text)}
	}
	return choice, err
}

// zoneNamed returns the time zone that a flag names, or what stands for none.
func zoneNamed(flag, name string, none *time.Location) (*time.Location, error) {
	if name == "" {
		return none, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, &usageError{err: fmt.Errorf("flag --%s: there is no time zone %q; expected a name such as Europe/Berlin or UTC", flag, name)}
	}
	return zone, nil
}

// dateUsage describes the flag --date of what reads trace logs.
const dateUsage = "`day` (YYYY-MM-DD) of the first message of trace logs whose times name no day, or whose year they leave out"

// dateNamed returns the day that the flag --date names, the zero time for none.
func dateNamed(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 {
		return day, &usageError{err: fmt.Errorf("flag --date: %q: expected a day such as 2026-11-28", text)}
	}
	return day, nil
}
