// Command sipgen writes captures for tests and benchmarks.
//
//	sipgen flow SCENARIO.txtar OUT.pcap      the "flow" of a golden scenario, or a bare flow
//	sipgen load [-messages N] [-rtp N] [-rate N] [-seed N] OUT.pcap
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/sipgen"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sipgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	usage := errors.New("usage: sipgen flow SCENARIO OUT | sipgen load [flags] OUT")
	if len(args) == 0 {
		return usage
	}
	switch args[0] {
	case "flow":
		if len(args) != 3 {
			return usage
		}
		return flow(args[1], args[2])
	case "load":
		return load(args[1:])
	}
	return usage
}

func flow(scenario, out string) error {
	text, err := os.ReadFile(scenario)
	if err != nil {
		return err
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == "flow" {
			text = f.Data
		}
	}
	f, err := sipgen.ParseFlow(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", scenario, err)
	}
	return create(out, func(file *os.File) error { return f.WriteCapture(file) })
}

func load(args []string) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	var l sipgen.Load
	flags.IntVar(&l.Messages, "messages", 1_000_000, "SIP messages to write")
	flags.IntVar(&l.RTP, "rtp", 0, "RTP packets in front of each SIP message (19 gives a SPAN mix of 5 % SIP)")
	flags.Float64Var(&l.Rate, "rate", 500, "new sessions a second of packet time")
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
			fmt.Printf("%s: %d packets, %d SIP messages, %.1f MB, %.0f s of packet time\n",
				flags.Arg(0), done.Packets, done.SIP, float64(done.Bytes)/1e6, done.Duration.Seconds())
		}
		return err
	})
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
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
