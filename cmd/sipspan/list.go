package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sipspan/exporters/csv"
	"sipspan/internal/app"
	"sipspan/record"
	"sipspan/view/list"
)

// listing holds the flags of a command that lists records of one kind.
type listing struct {
	*inputs
	choosing *choosing
	kind     record.Kind
	json     bool
	csv      bool
	ascii    bool
	columns  string
	sort     string
	limit    int
	width    int
}

const listLong = `

They are found in captures, trace logs, folders, and the record files and the store of the daemon. The list is sorted by time
and fits the terminal; columns for which there is no room are left out. With --json and --csv the whole records are
printed, in the order in which “sipspan read --json” has them unless --sort is given.

What the columns show can be looked at with “sipspan show --id ID”; --columns id,call_id,... shows the id.`

func newCalls() *cobra.Command {
	return newListing(record.KindCall, "calls", "calls", `  sipspan calls trunk.pcap
  sipspan calls trunk.pcap --number +4930123456 --since 10:00 --until 10:30
  sipspan calls /var/captures --status '486|5xx' --sort -setup --limit 20
  sipspan calls trunk.pcap --where '"transfer_attended" in services' --columns time,from,to,services,id
  sipspan calls /var/lib/sipspan/records --since '2h ago' --disposition failed --json | jq .cause.explanation`)
}

func newRegistrations() *cobra.Command {
	return newListing(record.KindRegistration, "registrations", "registrations", `  sipspan registrations access.pcap
  sipspan registrations access.pcap --user 1001 --columns time,outcome,status,contacts
  sipspan registrations /var/lib/sipspan/records --disposition failed --since today
  sipspan registrations access.pcap --where 'expires_s < 60' --csv > short.csv`)
}

func newSubscriptions() *cobra.Command {
	return newListing(record.KindSubscription, "subscriptions", "subscriptions", `  sipspan subscriptions presence.pcap
  sipspan subscriptions presence.pcap --where 'event == "dialog"' --sort -notifies
  sipspan subscriptions /var/lib/sipspan/records --disposition rejected --user alice`)
}

func newFailures() *cobra.Command {
	return newListing(record.KindFailure, "failures", "failed requests", `  sipspan failures trunk.pcap
  sipspan failures trunk.pcap --method REGISTER --columns time,from,status,explanation
  sipspan failures /var/captures --status 5xx --peer 192.0.2.0/24
  sipspan failures /var/lib/sipspan/records --cause timeout --since yesterday --csv > failures.csv`)
}

func newListing(kind record.Kind, command, what, examples string) *cobra.Command {
	cmd := &cobra.Command{
		Use:     command + " [flags] FILE|FOLDER|- ...",
		Short:   "List " + what,
		Long:    "List the " + what + " that match all flags, one line each." + listLong,
		Example: examples,
	}
	in := inputFlags(cmd)
	l := &listing{inputs: in, choosing: choosingFlags(cmd, in), kind: kind}
	columns := list.Columns(kind)
	flags := cmd.Flags()
	flags.BoolVar(&l.json, "json", false, "print the records as one JSON object per line")
	flags.BoolVar(&l.csv, "csv", false, "print the records as CSV, with a line of headings")
	flags.StringVar(&l.columns, "columns", "", "the columns, as `names` with commas between: "+strings.Join(columns, ", "))
	flags.StringVar(&l.sort, "sort", "", "sort by this `column`; -column is the highest first (default time)")
	flags.IntVar(&l.limit, "limit", 0, "print at most this `number` of records")
	flags.IntVar(&l.width, "width", 0, "`columns` of a line of the table (default: those of the terminal, else as many as it takes)")
	flags.BoolVar(&l.ascii, "ascii", false, "print the table with ASCII characters only")
	l.storeFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	var both []string
	for _, c := range columns {
		both = append(both, c, "-"+c)
	}
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(both, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("columns", func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		all := make([]string, len(columns))
		for i, c := range columns {
			all[i] = before + c
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return l.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func (l *listing) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if l.limit < 0 {
		return &usageError{err: fmt.Errorf("flag --limit: %d is below 0", l.limit)}
	}
	choice, err := l.choosing.choice()
	if err != nil {
		return err
	}
	o := list.Options{Kind: l.kind, Sort: l.sort, Limit: l.limit, Zone: l.choosing.local}
	if l.columns != "" {
		o.Columns = strings.Split(l.columns, ",")
	}
	o.Lines = l.lines()
	records, err := list.New(o)
	if err != nil {
		return &usageError{err: err}
	}
	looking, err := l.looking(args, stderr)
	if err != nil {
		return err
	}
	looking.Choice, looking.Kinds = choice, []record.Kind{l.kind}
	ctx, stop := untilStopped(ctx)
	defer stop()
	looking.Config.Limits.Apply()
	looking.Config.Limits.CollectSeldom()
	w := bufio.NewWriterSize(stdout, 1<<16)
	if l.csv {
		_, _ = w.Write(csv.NewFormat().AppendHeader(nil, l.kind))
	}
	streamed := 0
	read := app.Records(ctx, looking, func(r record.Record) error {
		if r.Kind() != l.kind || !choice.Match(r) {
			return nil
		}
		if o.Lines == nil || l.sort != "" {
			records.Add(r)
			return nil
		}
		if streamed++; l.limit > 0 && streamed > l.limit {
			return nil
		}
		_, err := w.Write(o.Lines(r))
		return err
	})
	switch {
	case o.Lines == nil && records.Matched() > 0:
		err = records.Write(w, l.form(stdout))
	case o.Lines != nil:
		err = records.Each(func(line []byte) error {
			_, err := w.Write(line)
			return err
		})
	}
	err = errors.Join(err, w.Flush(), read)
	l.said(stderr, records.Matched(), records.Shown(), streamed)
	return err
}

// lines makes the lines of whole records, nil for a table.
func (l *listing) lines() func(record.Record) []byte {
	switch {
	case l.json:
		return func(r record.Record) []byte { return append(r.AppendJSON(nil), '\n') }
	case l.csv:
		f := csv.NewFormat()
		return func(r record.Record) []byte { return f.AppendRecord(nil, r) }
	}
	return nil
}

// said reports on standard error where the list is not everything, or nothing.
func (l *listing) said(stderr io.Writer, matched, shown, streamed int) {
	if streamed > 0 {
		matched, shown = streamed, streamed
		if l.limit > 0 {
			shown = min(streamed, l.limit)
		}
	}
	switch {
	case matched == 0:
		fmt.Fprintln(stderr, "sipspan: nothing matches.")
	case shown < matched:
		fmt.Fprintf(stderr, "sipspan: %d match; these are the first %d.\n", matched, shown)
	}
}

// form returns how the table is drawn: on a terminal with its width, its colours and its characters.
func (l *listing) form(w io.Writer) list.Form {
	form := list.Form{Width: l.width, ASCII: l.ascii}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return form
	}
	form.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	form.ASCII = form.ASCII || !speaksUTF8()
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && form.Width == 0 {
		form.Width = columns
	}
	return form
}
