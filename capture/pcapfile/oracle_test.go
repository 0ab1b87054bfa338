package pcapfile

import (
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcap"
	"github.com/google/gopacket/pcapgo"

	"sipspan/capture"
)

// TestOracle reads every capture of the collection and compares count, times, lengths and bytes with what gopacket/pcapgo
// and libpcap read, and the count with the collection's own table.
func TestOracle(t *testing.T) {
	root := os.Getenv("SIPSPAN_CAPTURES")
	if root == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of captures")
	}
	for path, count := range truth(t, root) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			fs := open(t, Options{}, path)
			frames := drain(t, fs)
			if len(frames) != count {
				t.Errorf("%d packets, the table says %d", len(frames), count)
			}
			for name, read := range map[string]func(string) ([]got, error){"pcapgo": pcapgoFrames, "libpcap": libpcapFrames} {
				reference, err := read(path)
				if err != nil && strings.Contains(err.Error(), "exceeds original packet length") {
					compare(t, name, frames[:len(reference)], reference) // pcapgo gives up here, libpcap does not
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(frames) != len(reference) {
					t.Fatalf("%d packets, %s reads %d; %v", len(frames), name, len(reference), fs.Errors())
				}
				compare(t, name, frames, reference)
			}
		})
	}
}

// compare holds frames against what another reader called name made of the same file.
func compare(t *testing.T, name string, frames, reference []got) {
	t.Helper()
	for i, want := range reference {
		f := frames[i]
		want.length = max(want.length, len(want.data)) // a wire length below the captured one is raised to it
		if f.time != want.time || f.data != want.data || f.length != want.length || f.number != uint64(i+1) {
			t.Fatalf("packet %d: %+v, %s has %+v", i+1, f, name, want)
		}
	}
}

// truth returns the packet counts of truth.tsv by path. Its paths begin with the name of the folder it lies in.
func truth(t *testing.T, root string) map[string]int {
	f, err := os.Open(filepath.Join(root, "truth.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[string]int)
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[3])
		if err != nil {
			t.Fatal(err)
		}
		counts[filepath.Join(root, strings.TrimPrefix(row[0], "captures/"))] = n
	}
	return counts
}

// pcapgoFrames reads path with gopacket's readers.
func pcapgoFrames(path string) ([]got, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var src gopacket.PacketDataSource
	if src, err = pcapgo.NewReader(f); err != nil {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		if src, err = pcapgo.NewNgReader(f, pcapgo.NgReaderOptions{WantMixedLinkType: true}); err != nil {
			return nil, err
		}
	}
	return readAll(src)
}

// libpcapFrames reads path with libpcap.
func libpcapFrames(path string) ([]got, error) {
	h, err := pcap.OpenOffline(path)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	return readAll(h)
}

func readAll(src gopacket.PacketDataSource) ([]got, error) {
	var out []got
	for {
		data, ci, err := src.ReadPacketData()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, got{time: ci.Timestamp.UnixNano(), data: string(data), length: ci.Length})
	}
}

// TestOracleSynthetic compares with pcapgo on files of our own making, which are always there.
func TestOracleSynthetic(t *testing.T) {
	start := time.Date(2024, 2, 29, 12, 0, 0, 987_654_000, time.UTC).UnixNano()
	var packets []packet
	for i := range 300 {
		packets = append(packets, packet{time: start + int64(i)*1_234_567_000, data: strings.Repeat("x", i%97), wire: i % 131})
	}
	for name, b := range map[string][]byte{
		"micro": pcapFile(le, magicMicro, packets...),
		"nano":  pcapFile(be, magicNano, packets...),
		"ng":    pcapngFile(be, packets...),
	} {
		path := file(t, t.TempDir(), name, b)
		reference, err := pcapgoFrames(path)
		if err != nil {
			t.Fatal(err)
		}
		frames := drain(t, open(t, Options{}, path))
		for i, f := range frames {
			want := reference[i]
			want.link, want.number = capture.LinkEthernet, uint64(i+1)
			want.length = max(want.length, len(want.data))
			if f != want {
				t.Fatalf("%s: packet %d: %+v, pcapgo has %+v", name, i+1, f, want)
			}
		}
		if len(frames) != len(packets) || len(reference) != len(packets) {
			t.Errorf("%s: %d and %d packets of %d", name, len(frames), len(reference), len(packets))
		}
	}
}
