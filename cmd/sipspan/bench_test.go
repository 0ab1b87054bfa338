package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"sipspan/internal/dev/sipgen"
)

// "make bench" writes the captures into this folder. Without them the benchmarks write smaller ones of the same kind.
const benchFolder = "../../bench"

// BenchmarkRead reads a capture as "sipspan read --out" does and reports what one message costs: cpu-ns/msg is user and
// system time of all threads, allocs/msg every allocation of the process.
func BenchmarkRead(b *testing.B) {
	b.Run("sip", func(b *testing.B) {
		capture := benchCapture(b, "sip.pcap", sipgen.Load{Seed: 1, Messages: 100_000})
		messages := accountOf(b, readJSON(b, capture)).Messages.Total
		cpu, allocs := measure(b, capture)
		perMessage := func(n float64) float64 { return n / float64(messages) / float64(b.N) }
		b.ReportMetric(perMessage(float64(cpu)), "cpu-ns/msg")
		b.ReportMetric(perMessage(float64(allocs)), "allocs/msg")
		b.ReportMetric(perMessage(float64(b.Elapsed())), "ns/msg")
		b.ReportMetric(0, "ns/op")
	})
	// The SPAN mix and the SIP that is in it, apart: the difference is what RTP costs.
	b.Run("span", func(b *testing.B) {
		mix := benchCapture(b, "span.pcap", sipgen.Load{Seed: 1, Messages: 10_000, RTP: 19})
		alone := benchCapture(b, "span-sip.pcap", sipgen.Load{Seed: 1, Messages: 10_000})
		all, some := accountOf(b, readJSON(b, mix)), accountOf(b, readJSON(b, alone))
		sip, _ := measure(b, alone)
		cpu, _ := measure(b, mix)
		sipShare := float64(sip) * float64(all.Messages.Total) / float64(some.Messages.Total)
		b.ReportMetric(float64(cpu)/float64(all.Packets)/float64(b.N), "cpu-ns/packet")
		b.ReportMetric((float64(cpu)-sipShare)/float64(all.Packets-all.Messages.Total)/float64(b.N), "cpu-ns/rtp-packet")
		b.ReportMetric(0, "ns/op")
	})
}

// measure reads a capture b.N times and returns the processor time and the allocations.
func measure(b *testing.B, capture string) (cpu time.Duration, allocs uint64) {
	b.Helper()
	out := b.TempDir()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := processorTime(b)
	b.ResetTimer()
	b.StartTimer()
	for range b.N {
		if o := command(b.Context(), "read", "--out", out, capture); o.code != 0 {
			b.Fatalf("exit status %d: %s", o.code, o.stderr)
		}
	}
	b.StopTimer()
	cpu = processorTime(b) - begin
	runtime.ReadMemStats(&after)
	return cpu, after.Mallocs - before.Mallocs
}

// processorTime is the user and system time of this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchCapture returns the capture of that name from the bench folder, or writes a smaller one.
func benchCapture(b *testing.B, name string, load sipgen.Load) string {
	b.Helper()
	kept := filepath.Join(benchFolder, name)
	if _, err := os.Stat(kept); err == nil {
		return kept
	}
	path := filepath.Join(b.TempDir(), name)
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	_, err = load.WriteCapture(file)
	if err = errors.Join(err, file.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}
