package pcapfile

import (
	"io"
	"strings"
	"testing"

	"sipspan/capture"
)

// benchmarkRead reads a file of 100,000 packets of 600 bytes in each turn and reports the time of one packet.
func benchmarkRead(b *testing.B, pack func(testing.TB, []byte) []byte, build func(...packet) []byte) {
	const count = 100_000
	packets := make([]packet, count)
	for i := range packets {
		packets[i] = packet{time: int64(i) * 1000, data: strings.Repeat("x", 600)}
	}
	content := build(packets...)
	path := file(b, b.TempDir(), "bench", pack(b, content))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		fs := open(b, Options{}, path)
		var f capture.Frame
		for fs.Next(&f) != io.EOF {
		}
		if n := f.Number; n != count {
			b.Fatalf("%d packets", n)
		}
		fs.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/packet")
}

func plain(_ testing.TB, b []byte) []byte { return b }

func classic(p ...packet) []byte { return pcapFile(le, magicMicro, p...) }

func BenchmarkReadPcap(b *testing.B) { benchmarkRead(b, plain, classic) }
func BenchmarkReadPcapng(b *testing.B) {
	benchmarkRead(b, plain, func(p ...packet) []byte { return pcapngFile(le, p...) })
}
func BenchmarkReadPcapGzip(b *testing.B) { benchmarkRead(b, gzipped, classic) }
func BenchmarkReadPcapZstd(b *testing.B) { benchmarkRead(b, zstandard, classic) }
