package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"sipspan/internal/dev/sipgen"
)

var update = flag.Bool("update", false, "write what the program prints into the golden files")

// The test binary is the program, too: scripts and the live test start it as "sipspan", so that what they run is what
// was built for the test, with its race detector and poisoned buffers. The other names are tools of the tests.
func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, programs)
}

var programs = map[string]func(){
	"sipspan": main,
	"sipgen":  func() { tool(sipgenTool) },
}

// leakChecked fails a package whose tests leave goroutines behind.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// tool runs a tool of the tests with the arguments of the process.
func tool(do func(args []string) error) {
	if err := do(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sipgenTool writes the flow of a file as a capture: sipgen FLOW CAPTURE.
func sipgenTool(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: sipgen FLOW CAPTURE")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	f, err := sipgen.ParseFlow(string(text))
	if err != nil {
		return err
	}
	out, err := os.Create(args[1])
	if err != nil {
		return err
	}
	if err := f.WriteCapture(out); err != nil {
		return err
	}
	return out.Close()
}

// outcome is what one command line left behind.
type outcome struct {
	stdout, stderr string
	code           int
}

// command runs the program in this process.
func command(ctx context.Context, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := status(run(ctx, args, &stdout, &stderr), &stderr)
	return outcome{stdout.String(), stderr.String(), code}
}

// readJSON runs "sipspan read --json" and returns the lines, with elapsed_ms set to 0.
func readJSON(t testing.TB, args ...string) string {
	t.Helper()
	o := command(t.Context(), append([]string{"read", "--json"}, args...)...)
	if o.code != 0 || o.stderr != "" {
		t.Fatalf("sipspan read --json %v: exit status %d, stderr:\n%s", args, o.code, o.stderr)
	}
	return withoutElapsed(o.stdout)
}

var elapsed = regexp.MustCompile(`"elapsed_ms":[0-9.eE+-]+`)

func withoutElapsed(lines string) string { return elapsed.ReplaceAllString(lines, `"elapsed_ms":0`) }

// writeFlow writes a flow as a capture in a temporary folder and returns its name.
func writeFlow(t testing.TB, f *sipgen.Flow) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteCapture(&b); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "flow.pcap")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func parseFlow(t testing.TB, text string) *sipgen.Flow {
	t.Helper()
	f, err := sipgen.ParseFlow(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// account is what the tests look at in a stats record.
type account struct {
	Packets   uint64            `json:"packets"`
	Delivered uint64            `json:"delivered"`
	Ignored   map[string]uint64 `json:"ignored"`
	Dropped   map[string]uint64 `json:"dropped"`
	Malformed map[string]uint64 `json:"malformed"`
	CallIDs   uint64            `json:"call_ids"`
	Messages  struct {
		Total      uint64            `json:"total"`
		Requests   map[string]uint64 `json:"requests"`
		Responses  map[string]uint64 `json:"responses"`
		Transports map[string]uint64 `json:"transports"`
	} `json:"messages"`
}

// accountOf returns the last line of the records, which accounts for every packet.
func accountOf(t testing.TB, lines string) account {
	t.Helper()
	trimmed := bytes.TrimRight([]byte(lines), "\n")
	last := trimmed[bytes.LastIndexByte(trimmed, '\n')+1:]
	var kind struct{ Record string }
	var a account
	if err := json.Unmarshal(last, &kind); err != nil || kind.Record != "stats" {
		t.Fatalf("the last line is no stats record (%v): %s", err, last)
	}
	if err := json.Unmarshal(last, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// checkAccount fails unless every packet is accounted for.
func checkAccount(t testing.TB, a account) {
	t.Helper()
	sum := a.Delivered
	for _, counts := range []map[string]uint64{a.Ignored, a.Dropped} {
		for _, n := range counts {
			sum += n
		}
	}
	if sum != a.Packets {
		t.Errorf("the account does not close: %d packets, %d delivered + ignored %v + dropped %v = %d",
			a.Packets, a.Delivered, a.Ignored, a.Dropped, sum)
	}
}

// check fails when a step of a test does.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
