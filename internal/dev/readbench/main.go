package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "readbench:", err)
		os.Exit(1)
	}
}

// bench is one run of the measurements.
type bench struct {
	sipspan, sipgen, tcpdump string
	folder                   string // of the captures
	scratch                  string // for what sipspan writes
	config                   string // file with the settings of the runs with many calls; "" for the next two
	narrow, wide             string // likewise, where memory is measured and where it is not
	rounds                   int
	scale                    float64
	pause                    time.Duration // between two looks at the clock of a process
	progress                 io.Writer
}

// Limits that do not end calls of the larger workloads. For the memory of a call they are as narrow as that allows, so that
// calls which wait are packed.
const (
	manyCalls = "session:\n  max_calls: 4000000\n  max_transactions: 8000000\n"
	narrow    = "limits:\n  memory: 1GiB\n" + manyCalls
	wide      = "limits:\n  memory: 8GiB\n" + manyCalls
)

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	b := bench{progress: progress}
	flags := flag.NewFlagSet("readbench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&b.sipspan, "sipspan", "sipspan", "program to measure")
	flags.StringVar(&b.sipgen, "sipgen", "sipgen", "program that writes the captures")
	flags.StringVar(&b.tcpdump, "tcpdump", "tcpdump", "program to compare with")
	flags.StringVar(&b.config, "config", "", "settings of the runs with many open calls, instead of limits that are large enough")
	flags.IntVar(&b.rounds, "rounds", 5, "rounds of each measurement")
	flags.Float64Var(&b.scale, "scale", 1, "size of the workloads")
	flags.DurationVar(&b.pause, "pause", 50*time.Millisecond, "between two looks at the processor time of a program that runs; ten of these without change end the wait")
	only := flags.String("only", "", "measurements to make, separated by commas: udp, tcp, span, open, change, workers (default: all)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || b.rounds < 1 || b.scale <= 0 {
		return errors.New("name the folder of the captures, at least one round, and a size above 0")
	}
	b.folder = flags.Arg(0)
	if err := os.MkdirAll(b.folder, 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(b.folder, "out-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	b.scratch = scratch
	b.narrow, b.wide = b.config, b.config
	if b.config == "" {
		b.narrow, b.wide = filepath.Join(scratch, "narrow.yaml"), filepath.Join(scratch, "wide.yaml")
		for path, text := range map[string]string{b.narrow: narrow, b.wide: wide} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	return b.all(ctx, *only, out)
}

// all makes the measurements that are asked for and writes their lines.
func (b *bench) all(ctx context.Context, only string, out io.Writer) error {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(only, ",") {
		wanted[name] = true
	}
	known := false
	var rows []row
	for _, m := range measurements {
		if only != "" && !wanted[m.name] {
			continue
		}
		known = true
		found, err := m.measure(b, ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		rows = append(rows, found...)
	}
	if !known {
		return fmt.Errorf("no measurement is called %q", only)
	}
	_, err := io.WriteString(out, table(rows))
	return err
}
