package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sipspan/internal/app"
	"sipspan/view/ladder/mermaid"
	"sipspan/view/ladder/page"
	"sipspan/view/ladder/sheet"
	"sipspan/view/ladder/svg"
	"sipspan/view/ladder/text"
	"sipspan/view/story"
)

// showing holds the flags of “sipspan show”.
type showing struct {
	*inputs
	choosing *choosing
	all      bool
	unlinked bool
	verbose  bool
	ascii    bool
	format   string
	width    int
}

// showFormats are the forms of what is shown.
var showFormats = []string{"text", "svg", "html", "mermaid", "json"}

func newShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show [flags] FILE|FOLDER ...",
		Short: "Show one call, registration, subscription or message with its ladder",
		Long: `Show one session: who took part, how it went, the ladder of its messages, the media that were offered and
agreed on, and why it failed, with the message that shows it marked.

It is found in captures, trace logs, and the record files and the store of the daemon. Where several sessions match, the one
that began first is shown, or with --all all of them. The legs of a conversation that have other Call-IDs
are drawn together. Of record files, and of a store without exporters.store.messages, the ladder has the hops of the
record alone, because they hold no messages.

What proves that somebody has a password, keys of media, digits that were pressed and the text of instant
messages are not shown.`,
		Example: `  sipspan show trunk.pcap --call-id 3848276298220188511@192.0.2.10
  sipspan show trunk.pcap --user alice --status 5xx -v
  sipspan show /var/captures --call-id '3848276*' --format html > call.html
  sipspan show trunk.pcap --disposition busy --format mermaid
  sipspan show /var/lib/sipspan/records --user +4930123456
  sipspan show --store /var/lib/sipspan/history --number +4930123456 -v`,
	}
	in := inputFlags(cmd)
	s := &showing{inputs: in, choosing: choosingFlags(cmd, in)}
	flags := cmd.Flags()
	flags.BoolVar(&s.all, "all", false, "show all sessions that match, not only the first")
	flags.BoolVar(&s.unlinked, "no-related", false, "leave out the legs with other Call-IDs")
	flags.BoolVarP(&s.verbose, "verbose", "v", false, "also the messages as they were, less what is secret")
	flags.StringVar(&s.format, "format", "text", "`form`: text, svg, html, mermaid or json")
	flags.BoolVar(&s.ascii, "ascii", false, "draw with ASCII characters only")
	flags.IntVar(&s.width, "width", 0, "`columns` of a line of text (default: those of the terminal, else 100)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(showFormats, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return s.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	s.storeFlag(cmd)
	return cmd
}

func (s *showing) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if !slices.Contains(showFormats, s.format) {
		return &usageError{err: fmt.Errorf("flag --format: %q: expected one of %s", s.format, strings.Join(showFormats, ", "))}
	}
	choice, err := s.choosing.choice()
	if err != nil {
		return err
	}
	looking, err := s.looking(args, stderr)
	if err != nil {
		return err
	}
	ctx, stop := untilStopped(ctx)
	defer stop()
	looking.Choice = choice
	looking.Config.Limits.Apply()
	looking.Config.Limits.CollectSeldom()
	shown, matched, err := app.Show(ctx, app.Showing{Looking: looking, Wanted: choice.Match, All: s.all, Unlinked: s.unlinked})
	if matched == 0 {
		asked := choice.String()
		if asked == "" {
			asked = "anything"
		}
		return errors.Join(err, fmt.Errorf("nothing to show: no call, registration, subscription, publication, message or request matches %s", asked))
	}
	return errors.Join(s.write(stdout, stderr, shown, matched, s.choosing.local), err)
}

// write writes what is shown, and a hint to stderr where that is not everything.
func (s *showing) write(stdout, stderr io.Writer, shown []app.Shown, matched int, local *time.Location) error {
	if !s.verbose && s.format != "html" {
		for i := range shown {
			for j := range shown[i].Ladder.Steps {
				shown[i].Ladder.Steps[j].Raw = ""
			}
		}
	}
	err := s.writeAll(stdout, shown, local)
	switch {
	case len(shown) == matched:
	case s.all:
		fmt.Fprintf(stderr, "sipspan: %d sessions match; these are the first %d.\n", matched, len(shown))
	default:
		fmt.Fprintf(stderr, "sipspan: %d sessions match; this is the first. --all shows more of them, --call-id one of them.\n", matched)
	}
	return err
}

func (s *showing) writeAll(w io.Writer, shown []app.Shown, local *time.Location) error {
	if len(shown) > 1 && (s.format == "svg" || s.format == "mermaid") {
		return &usageError{err: fmt.Errorf("flag --format %s: a drawing is of one session, and %d match", s.format, len(shown))}
	}
	first := &shown[0]
	switch s.format {
	case "svg":
		return svg.Write(w, first.Ladder, svg.Options{})
	case "mermaid":
		return mermaid.Write(w, first.Ladder)
	case "html":
		sessions := make([]page.Session, len(shown))
		for i := range shown {
			sessions[i] = page.Session{Story: story.Of(shown[i].Record, local), Ladder: shown[i].Ladder}
		}
		return page.Write(w, first.Ladder.Title, sessions)
	}
	o := s.textOptions(w)
	for i := range shown {
		var err error
		if s.format == "json" {
			err = writeJSON(w, &shown[i])
		} else {
			if i > 0 {
				fmt.Fprintln(w)
			}
			err = sheet.Write(w, story.Of(shown[i].Record, local), shown[i].Ladder, o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeJSON writes a record and its ladder as one object.
func writeJSON(w io.Writer, shown *app.Shown) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Record json.RawMessage `json:"record"`
		Ladder any             `json:"ladder"`
	}{shown.Record.AppendJSON(nil), shown.Ladder})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, escapeUnseen(b.String()))
	return err
}

// escapeUnseen writes what a terminal does not show as itself, such as a change of the direction of writing, as JSON escapes it. Such characters
// stand in strings only.
func escapeUnseen(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// textOptions returns how a text is drawn: on a terminal with its width and its colours, and with what its characters are.
func (s *showing) textOptions(w io.Writer) text.Options {
	o := text.Options{Width: s.width, ASCII: s.ascii}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return o
	}
	o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	o.ASCII = o.ASCII || !speaksUTF8()
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && o.Width == 0 {
		o.Width = columns
	}
	return o
}

// speaksUTF8 reports whether the locale is one of UTF-8, or nothing is known of it.
func speaksUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToUpper(v)
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}
