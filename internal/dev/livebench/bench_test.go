package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	got := table([]row{
		{workload: "SIP", program: "a", most: measured{sent: 10, rate: 50_000}, first: measured{sent: 1000, lost: 5, rate: 75_000.4}},
		{workload: "SIP", program: "b", most: measured{sent: 10, rate: 450_000}},
	})
	want := "| SIP | a | 50000 | 75000: 0.50 % |\n| SIP | b | 450000 | none was lost |\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestLost(t *testing.T) {
	log := `{"level":"INFO","msg":"capturing"}` + "\n" + `{"level":"INFO","msg":"stopped","up":"1s","packets":90,"dropped":3,"lost_before":7}` + "\n"
	if n, err := lostBySipspan([]byte(log), "", 100); n != 10 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := lostBySipspan([]byte(`{"msg":"stopped","packets":0}`), "", 100); err == nil {
		t.Error("nothing was captured, and that is no error")
	}
	if n, err := lostByTcpdump([]byte("90 packets captured\n100 packets received by filter\n10 packets dropped by kernel\n"), "", 100); n != 10 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := lostByTcpdump([]byte("no such device"), "", 100); err == nil {
		t.Error("nothing was reported, and that is no error")
	}
	const sample = "../../../testdata/sample.pcap"
	few, err := messagesIn(sample, 50)
	all, err2 := messagesIn(sample, 1e6)
	if few == 0 || few > 50 || all <= few || err != nil || err2 != nil {
		t.Errorf("%d and %d messages, %v, %v", few, all, err, err2)
	}
	saved := filepath.Join(t.TempDir(), "saved.pcap")
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(saved, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := lostBySngrep(saved, sample, 1e6); n == 0 || n >= all || err != nil {
		t.Errorf("%d of %d lost, %v", n, all, err)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{}, {"-rates", "fast", "x"}, {"-rates", "0", "x"}, {"-for", "0s", "x"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

// TestWire makes the namespaces and removes them.
func TestWire(t *testing.T) {
	w, err := connect()
	if err != nil {
		t.Skip(err)
	}
	if w.listens(t.Context()) {
		t.Error("somebody listens before anything was started")
	}
	w.cut()
	if out, err := exec.Command("ip", "netns", "list").Output(); err != nil || strings.Contains(string(out), w.watcher) || strings.Contains(string(out), w.sender) {
		t.Errorf("%v: left over:\n%s", err, out)
	}
}
