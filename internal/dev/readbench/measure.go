package main

import (
	"context"
	"fmt"
	"slices"
)

// measurement is one question, and what answers it.
type measurement struct {
	name    string
	measure func(*bench, context.Context) ([]row, error)
}

var measurements = []measurement{
	{"udp", func(b *bench, ctx context.Context) ([]row, error) {
		return b.against(ctx, "udp", "UDP: 1 M messages, 79,000 calls open", 1_000_000)
	}},
	{"tcp", func(b *bench, ctx context.Context) ([]row, error) {
		return b.against(ctx, "tcp", "TCP: 0.5 M messages in segments", 500_000)
	}},
	{"span", func(b *bench, ctx context.Context) ([]row, error) {
		return b.against(ctx, "span", "SPAN: 3.3 M packets, 5 % SIP", 165_000)
	}},
	{"open", (*bench).memory},
	{"change", (*bench).change},
	{"workers", (*bench).workers},
}

// row is one line of the table: a value for each round, and what it was made of.
type row struct {
	what, unit string
	values     []float64
	parts      string
}

// messages returns the arguments of a workload of n messages at full size. Fewer come at a lower rate, so that calls are as long
// as they are, a part of the messages.
func (b *bench) messages(workload string, n int) []string {
	args := []string{"-workload", workload, "-messages", b.scaled(n)}
	if b.scale != 1 {
		args = append(args, "-rate", fmt.Sprint(map[bool]float64{true: 500, false: 2000}[workload == "span"]*b.scale))
	}
	return args
}

// against compares the processor time of reading a capture with that of tcpdump, which reads it and writes it again.
func (b *bench) against(ctx context.Context, workload, what string, n int) ([]row, error) {
	capture, err := b.capture(ctx, workload, b.messages(workload, n)...)
	if err != nil {
		return nil, err
	}
	var ratios, ours, theirs []float64
	for round := range b.rounds {
		us, err := b.read(ctx, capture)
		if err != nil {
			return nil, err
		}
		them, err := command(ctx, b.tcpdump, "-r", capture, "-w", "/dev/null")
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, float64(us.cpu)/float64(max(them.cpu, 1)))
		ours, theirs = append(ours, us.cpu.Seconds()), append(theirs, them.cpu.Seconds())
		b.report(round, workload, "%.2f s against %.2f s, %d MiB", us.cpu.Seconds(), them.cpu.Seconds(), us.peak>>20)
	}
	return []row{{what, "× tcpdump", ratios, fmt.Sprintf("%.2f s against %.2f s", median(ours), median(theirs))}}, nil
}

// memory is what each of 300,000 open calls adds to the peak of resident memory beyond 30,000.
func (b *bench) memory(ctx context.Context) ([]row, error) {
	const many, few = 300_000, 30_000
	captures := map[int]string{}
	for _, n := range []int{few, many} {
		path, err := b.capture(ctx, fmt.Sprint("open-", n), "-workload", "open", "-open", b.scaled(n))
		if err != nil {
			return nil, err
		}
		captures[n] = path
	}
	var perCall, least, most []float64
	for round := range b.rounds {
		peaks := map[int]float64{}
		for _, n := range []int{few, many} {
			c, err := b.read(ctx, captures[n], "--config", b.narrow)
			if err != nil {
				return nil, err
			}
			peaks[n] = float64(c.peak)
		}
		perCall = append(perCall, (peaks[many]-peaks[few])/(float64(many-few)*b.scale))
		least, most = append(least, peaks[few]/(1<<20)), append(most, peaks[many]/(1<<20))
		b.report(round, "open", "%.0f MiB and %.0f MiB", peaks[few]/(1<<20), peaks[many]/(1<<20))
	}
	return []row{{
		"Memory: 300,000 calls open against 30,000", "bytes a call", perCall,
		fmt.Sprintf("%.0f MiB against %.0f MiB", median(most), median(least)),
	}}, nil
}

// workers is the time with two workers against one. On a machine that does other work it is not worth much.
func (b *bench) workers(ctx context.Context) ([]row, error) {
	capture, err := b.capture(ctx, "udp", b.messages("udp", 1_000_000)...)
	if err != nil {
		return nil, err
	}
	var ratios, ones, twos []float64
	for round := range b.rounds {
		one, err := b.read(ctx, capture, "--workers", "1")
		if err != nil {
			return nil, err
		}
		two, err := b.read(ctx, capture, "--workers", "2")
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, float64(two.wall)/float64(one.wall))
		ones, twos = append(ones, one.wall.Seconds()), append(twos, two.wall.Seconds())
		b.report(round, "workers", "%.2f s with one, %.2f s with two", one.wall.Seconds(), two.wall.Seconds())
	}
	return []row{{"Time: two workers against one, UDP", "× one worker", ratios, fmt.Sprintf("%.2f s against %.2f s", median(twos), median(ones))}}, nil
}

func (b *bench) report(round int, name, format string, values ...any) {
	fmt.Fprintf(b.progress, "%s, round %d of %d: %s\n", name, round+1, b.rounds, fmt.Sprintf(format, values...))
}

// median is the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
