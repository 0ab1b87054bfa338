package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sipspan/internal/app/extract"
	"sipspan/record/choose"
)

// extracting holds the flags of “sipspan extract”.
type extracting struct {
	*inputs
	choosing *choosing
	out      string
	related  bool
	media    bool
	noKeys   bool
	anew     bool
}

func newExtract() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "extract [flags] FILE|FOLDER ... -o OUT.pcapng",
		Short: "Copy the packets of chosen sessions into a capture",
		Long: `Copy the packets of the sessions that match into a pcapng file, unchanged and in the order of their times: the
packets of all their messages with all IP fragments and TCP segments, whatever tunnel they came in. Comments in the
packets hold the id of the record and what sipspan found out about a failure.

Of a TCP connection all segments are copied up to the last message of the sessions, because its stream can only then
be put together: what it carries of other sessions is in the file, too. Where secrets of TLS are given, those of
the connections that are copied are written into the file, which Wireshark then decrypts; --no-keys leaves them out.

With --pseudonym the file may leave the house: the messages are written anew, with other names, numbers, hosts,
addresses and identifiers, each the same wherever it stands, in packets that hold nothing of the original ones.
What is not known to be harmless is left out.

Of the store of a daemon that keeps messages (exporters.store.messages) the messages are written in packets that are
made anew, with the addresses, ports and times of the messages; their comments say so.

Nothing is written where no session matches.`,
		Example: `  sipspan extract trunk.pcap --call-id 3848276298220188511@192.0.2.10 -o call.pcapng
  sipspan extract /var/captures --user +4930123456 --related -o ticket.pcapng
  sipspan extract trunk.pcap --user alice --rtp -o voice.pcapng
  sipspan extract trunk.pcap --status 503 --pseudonym -o vendor.pcapng
  sipspan extract --store /var/lib/sipspan/history --call-id 3848276298220188511@192.0.2.10 -o call.pcapng
  sipspan extract trunk.pcap --status 5xx -o - | tshark -r - -Y sip`,
	}
	in := inputFlags(cmd)
	x := &extracting{inputs: in, choosing: choosingFlags(cmd, in)}
	flags := cmd.Flags()
	flags.StringVarP(&x.out, "output", "o", "", "the `file` to write; - for standard output")
	flags.BoolVar(&x.related, "related", false, "also the legs of the same conversations with other Call-IDs")
	flags.BoolVar(&x.media, "rtp", false, "also RTP and RTCP to and from the addresses that the sessions name, while they last")
	flags.BoolVar(&x.noKeys, "no-keys", false, "do not write the secrets of TLS connections into the file")
	flags.BoolVar(&x.anew, "pseudonym", false, "write the messages with other names, numbers, hosts, addresses and identifiers, in packets of their own")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return x.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	x.storeFlag(cmd)
	return cmd
}

func (x *extracting) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if x.out == "" {
		return &usageError{err: errors.New("flag --output is missing: name the file to write, or - for standard output")}
	}
	if x.anew && x.media {
		return &usageError{err: errors.New("flags --pseudonym and --rtp exclude each other: media are what people said")}
	}
	choice, err := x.choosing.choice()
	if err != nil {
		return err
	}
	if choice.All() {
		return &usageError{err: errors.New("nothing chosen: say which sessions to copy, such as with --call-id, --user or --status")}
	}
	looking, err := x.looking(args, stderr)
	if err != nil {
		return err
	}
	ctx, stop := untilStopped(ctx)
	defer stop()
	looking.Choice = choice
	looking.Config.Limits.Apply()
	looking.Config.Limits.CollectSeldom()
	what := extract.Wanted{
		Looking: looking, Matches: choice.Match, Related: x.related, Media: x.media, NoKeys: x.noKeys, Pseudonym: x.anew, Output: stdout,
	}
	if x.out == "-" {
		done, err := extract.Run(ctx, what)
		return errors.Join(said(done, choice, err, stderr), err)
	}
	return intoFile(x.out, func(w io.Writer) (whole bool, err error) {
		what.Output = w
		done, err := extract.Run(ctx, what)
		return done.Frames > 0 && ctx.Err() == nil, errors.Join(said(done, choice, err, stderr), err)
	})
}

// said reports what was copied.
func said(done extract.Done, choice *choose.Choice, err error, stderr io.Writer) error {
	switch {
	case done.Records == 0:
		return fmt.Errorf("nothing to extract: no record matches %v", choice)
	case done.Frames > 0:
		fmt.Fprintf(stderr, "sipspan: %s with %s of %s\n", quantity(done.Frames, "packet"), quantity(done.Messages, "message"), quantity(done.Records, "record"))
		if done.Left > 0 {
			fmt.Fprintf(stderr, "sipspan: left out, because it cannot be written with other names: %s\n", quantity(done.Left, "message"))
		}
	case err == nil:
		return errors.New("the captures hold no packet of what matches")
	}
	return nil
}

// quantity writes how many there are of something.
func quantity(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
