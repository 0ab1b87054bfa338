// Command sipgen writes captures for tests and benchmarks.
//
//	sipgen flow SCENARIO.txtar... OUT.pcap   the "flow" of golden scenarios or bare flows, one behind the other
//	sipgen load [-workload NAME] [-messages N | -messages 0 -for T | -open N] [-rtp N] [-rate N] [-seed N] … OUT.pcap
//	sipgen sample GOLDEN-FOLDER OUT.pcap     the bundled sample capture
package main

//go:generate go run . sample ../../../../../testdata/golden ../../../../../testdata/sample.pcap

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sipgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	usage := errors.New("usage: sipgen flow SCENARIO... OUT | sipgen load [flags] OUT | sipgen sample FOLDER OUT")
	if len(args) == 0 {
		return usage
	}
	switch args[0] {
	case "flow":
		if len(args) < 3 {
			return usage
		}
		return flows(args[1:len(args)-1], args[len(args)-1])
	case "load":
		return load(args[1:])
	case "sample":
		if len(args) != 3 {
			return usage
		}
		var scenarios []string
		for _, name := range sample {
			scenarios = append(scenarios, filepath.Join(args[1], name+".txtar"))
		}
		return flows(scenarios, args[2])
	}
	return usage
}

// sample are the golden scenarios of the bundled capture.
var sample = []string{
	"registration-new", "registration-wrong-password", "registration-timeout", "registration-removed",
	"call-answered-udp", "call-two-proxies", "call-challenged", "call-reinvite", "call-forked", "call-message-inside",
	"call-busy", "call-unavailable", "call-declined", "call-cancelled", "call-redirected", "call-forbidden",
	"call-not-found", "call-server-error", "call-auth-failed", "call-retransmissions", "call-bye-from-callee",
	"tcp-segments", "ip-fragments", "subscription-notified", "subscription-fetched", "subscription-bad-event", "publication",
	"message-outside", "options-failing", "not-sip",
}

// flows writes scenarios one behind the other. All must have the link type of the first.
func flows(scenarios []string, out string) error {
	var format pcapwrite.Format
	var packets []pcapwrite.Packet
	var next time.Time
	for i, scenario := range scenarios {
		f, err := readFlow(scenario)
		if err != nil {
			return err
		}
		if i == 0 {
			format, next = f.Format, f.Start
		}
		if f.Framing.Link != format.Links[0] {
			return fmt.Errorf("%s: its link type is not that of the first scenario", scenario)
		}
		f.Start = next
		packets = append(packets, f.Packets()...)
		next = time.Unix(0, packets[len(packets)-1].Time).UTC().Add(2 * time.Second).Truncate(time.Second)
	}
	return create(out, func(file *os.File) error {
		w, err := pcapwrite.NewWriter(file, format)
		if err != nil {
			return err
		}
		for _, p := range packets {
			if err := w.Write(p); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

func readFlow(scenario string) (*sipgen.Flow, error) {
	text, err := os.ReadFile(scenario)
	if err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == "flow" {
			text = f.Data
		}
	}
	f, err := sipgen.ParseFlow(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", scenario, err)
	}
	return f, nil
}

func load(args []string) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	var l sipgen.Load
	flags.Func("workload", "udp, tcp, span, open or change: a load to measure with; the flags after it change it", func(name string) error {
		workload, known := sipgen.Workloads()[name]
		if !known {
			return errors.New("there are udp, tcp, span, open and change")
		}
		l = workload
		return nil
	})
	flags.IntVar(&l.Messages, "messages", 1_000_000, "SIP messages to write")
	flags.IntVar(&l.RTP, "rtp", 0, "RTP packets in front of each SIP message (19 gives a SPAN mix of 5 % SIP)")
	flags.Float64Var(&l.Rate, "rate", 500, "new sessions a second of packet time")
	flags.DurationVar(&l.For, "for", 0, "packet time in which sessions begin, where -messages is 0")
	flags.DurationVar(&l.Outage.From, "outage", 0, "when calls begin to be refused with 503, after the start")
	flags.DurationVar(&l.Outage.To, "outage-end", 0, "and when no more; not later than -outage: never")
	flags.DurationVar(&l.Hold, "hold", 0, "from answer to BYE; 0: 4 to 40 s")
	flags.Float64Var(&l.IPv6, "ipv6", 0, "share of the sessions that use IPv6")
	flags.Float64Var(&l.Repeated, "repeated", 0, "share of the datagrams that are sent again")
	flags.BoolVar(&l.Full, "full", false, "header fields and session descriptions as long as those of desk phones")
	flags.Func("open", "calls that are open at the same time, instead of a number of messages", func(n string) error {
		return standing(&l, n, func(s *sipgen.Standing) *int { return &s.Calls })
	})
	flags.Func("changes", "with -open: how often one of the open calls is refreshed and one replaced", func(n string) error {
		return standing(&l, n, func(s *sipgen.Standing) *int { return &s.Changes })
	})
	flags.Uint64Var(&l.Seed, "seed", 1, "seed: the same seed gives the same file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("load: name the file to write")
	}
	return create(flags.Arg(0), func(file *os.File) error {
		done, err := l.WriteCapture(file)
		if err == nil {
			fmt.Printf("%s: %d packets, %d SIP messages, %.1f MB, %.0f s of packet time, at most %d calls open\n",
				flags.Arg(0), done.Packets, done.SIP, float64(done.Bytes)/1e6, done.Duration.Seconds(), done.Open)
		}
		return err
	})
}

// standing sets one number of the load's open calls, of which there is a copy for each load.
func standing(l *sipgen.Load, number string, field func(*sipgen.Standing) *int) error {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return errors.New("a number that is not negative is expected")
	}
	var s sipgen.Standing
	if l.Standing != nil {
		s = *l.Standing
	}
	*field(&s) = n
	l.Standing = &s
	return nil
}

// create writes a file under its final name only when it is whole.
func create(name string, write func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := write(file); err != nil {
		file.Close()
		return err
	}
	if err := errors.Join(file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
