package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "livebench:", err)
		os.Exit(1)
	}
}

// bench is one run of the measurements.
type bench struct {
	sipspan, sipgen string
	folder          string // of the captures
	scratch         string // for what the programs write
	rates           []int
	lasts           time.Duration // of one measurement
	scale           float64
	progress        io.Writer
	wire            wire
}

// workload is what is sent.
type workload struct {
	name, title string
	messages    int // of SIP, at full size
}

var workloads = []workload{{"udp", "SIP over UDP", 600_000}, {"span", "SPAN: 5 % SIP in RTP", 100_000}}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	b := bench{progress: progress}
	flags := flag.NewFlagSet("livebench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&b.sipspan, "sipspan", "sipspan", "program to measure")
	flags.StringVar(&b.sipgen, "sipgen", "sipgen", "program that writes the captures")
	rates := flags.String("rates", "10000,25000,50000,75000,100000,150000,200000,300000,450000,500000", "packets a second, one after the other until some are lost")
	flags.DurationVar(&b.lasts, "for", 4*time.Second, "how long each measurement sends, as far as the capture has packets")
	flags.Float64Var(&b.scale, "scale", 1, "size of the captures")
	only := flags.String("only", "", "workloads to send, separated by commas: udp, span (default: all)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for rate := range strings.SplitSeq(*rates, ",") {
		n, err := strconv.Atoi(rate)
		if err != nil || n <= 0 {
			return fmt.Errorf("-rates: %q: a number of packets a second was expected", rate)
		}
		b.rates = append(b.rates, n)
	}
	if flags.NArg() != 1 || b.lasts <= 0 || b.scale <= 0 {
		return errors.New("name the folder of the captures, a duration and a size above 0")
	}
	b.folder = flags.Arg(0)
	if err := os.MkdirAll(b.folder, 0o755); err != nil {
		return err
	}
	var err error
	if b.scratch, err = os.MkdirTemp(b.folder, "live-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.scratch)
	if b.wire, err = connect(); err != nil {
		return err
	}
	defer b.wire.cut()
	rows, err := b.all(ctx, func(name string) bool {
		return *only == "" || strings.Contains(","+*only+",", ","+name+",")
	})
	if len(rows) > 0 {
		fmt.Fprint(out, table(rows))
	}
	return err
}

// row is what was measured of one program with one workload.
type row struct {
	workload, program string
	most              measured // the fastest without a loss
	first             measured // the first with one
}

// all measures every program with every workload that is chosen.
func (b *bench) all(ctx context.Context, chosen func(name string) bool) (rows []row, err error) {
	for _, w := range workloads {
		if !chosen(w.name) {
			continue
		}
		capture := filepath.Join(b.folder, "live-"+w.name+".pcap")
		messages := strconv.Itoa(max(int(float64(w.messages)*b.scale), 1))
		if out, err := exec.CommandContext(ctx, b.sipgen, "load", "-workload", w.name, "-messages", messages, capture).CombinedOutput(); err != nil {
			return rows, fmt.Errorf("%s: %w: %s", b.sipgen, err, out)
		}
		for _, p := range b.programs() {
			if _, err := exec.LookPath(p.args[0]); err != nil {
				fmt.Fprintf(b.progress, "%s is left out: %v\n", p.name, err)
				continue
			}
			r := row{workload: w.title, program: p.name}
			for _, rate := range b.rates {
				m, err := b.measure(ctx, p, capture, rate)
				if err != nil {
					return rows, fmt.Errorf("%s, %s, %d packets a second: %w", p.name, w.name, rate, err)
				}
				fmt.Fprintf(b.progress, "%s, %s: %d sent at %.0f a second, %d lost\n", p.name, w.name, m.sent, m.rate, m.lost)
				if m.lost > 0 {
					r.first = m
					break
				}
				r.most = m
			}
			rows = append(rows, r)
		}
		if err := os.Remove(capture); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// table returns the rows in Markdown.
func table(rows []row) string {
	var t strings.Builder
	t.WriteString("| workload | program | packets a second without a loss | the next rate, and what was lost |\n| --- | --- | ---: | --- |\n")
	for _, r := range rows {
		first := "none was lost"
		if r.first.sent > 0 {
			first = fmt.Sprintf("%.0f: %.2f %%", r.first.rate, 100*float64(r.first.lost)/float64(r.first.sent))
		}
		fmt.Fprintf(&t, "| %s | %s | %.0f | %s |\n", r.workload, r.program, r.most.rate, first)
	}
	return t.String()
}
