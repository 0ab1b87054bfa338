package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const testdata = "../../../../../testdata"

// The bundled sample is what its scenarios make; "go generate ./internal/dev/sipgen/..." writes it anew.
func TestSampleIsUpToDate(t *testing.T) {
	out := filepath.Join(t.TempDir(), "sample.pcap")
	if err := run([]string{"sample", filepath.Join(testdata, "golden"), out}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(testdata, "sample.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("testdata/sample.pcap differs from what its scenarios make")
	}
	if len(want) > 100_000 {
		t.Errorf("the sample has grown to %d bytes", len(want))
	}
}

func TestLoadWritesTheFileOrNothing(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "bench", "sip.pcap")
	if err := run([]string{"load", "-messages", "50", "-rtp", "1", out}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(out); err != nil || info.Size() < 20_000 {
		t.Errorf("%v, %v", info, err)
	}
	if err := run([]string{"load", "-workload", "change", "-open", "20", "-changes", "5", out}); err != nil {
		t.Fatal(err)
	}
	// 20 calls of three messages of 400 octets and more, and five times ten messages.
	if info, err := os.Stat(out); err != nil || info.Size() < 110*400 || info.Size() > 110*1500 {
		t.Errorf("%v, %v", info, err)
	}
	for _, args := range [][]string{nil, {"load"}, {"load", "-workload", "none", out}, {"load", "-open", "-1", out}, {"flow", "x"}, {"sample"}, {"dance"}, {"flow", "nowhere.txtar", out}} {
		if err := run(args); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, "bench", "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
