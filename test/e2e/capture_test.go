//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// sensor is the name of the probe in all records of the test.
const sensor = "e2e"

// row is one record as it stands in the output.
type row map[string]any

func (r row) kind() string   { return text(r["record"]) }
func (r row) callID() string { return text(r["call_id"]) }

// isAbout reports whether one of the users sent the request.
func (r row) isAbout(users []string) bool {
	from, _ := r["from"].(map[string]any)
	return slices.ContainsFunc(users, func(user string) bool {
		uri := "sip:" + user + "@example.org"
		return r["aor"] == uri || r["subscriber"] == uri || from["uri"] == uri
	})
}

func text(v any) string { s, _ := v.(string); return s }

func parseRows(t *testing.T, lines []byte) []row {
	t.Helper()
	var rows []row
	for scan := bufio.NewScanner(bytes.NewReader(lines)); scan.Scan(); {
		var r row
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			t.Fatalf("a record that is no JSON: %v\n%s", err, scan.Bytes())
		}
		rows = append(rows, r)
	}
	return rows
}

// build makes the program, with build tags if there are any.
func build(t *testing.T, file, tags string) string {
	t.Helper()
	out, err := exec.Command("go", "build", "-tags", tags, "-buildvcs=false", "-o", file, "sipspan/cmd/sipspan").CombinedOutput()
	if err != nil {
		t.Fatalf("building sipspan: %v\n%s", err, out)
	}
	return file
}

// saver is tcpdump, which saves what passes on the loopback.
type saver struct {
	*program
	file string
}

func startTcpdump(t *testing.T, folder, file string) *saver {
	t.Helper()
	args := []string{"-i", "lo", "-n", "-U", "--immediate-mode", "-s", "0", "-B", "32768", "-w", file}
	if os.Geteuid() == 0 {
		args = append(args, "-Z", "root") // stays who it is, and can write into the folder
	}
	p := start(t, folder, "tcpdump", args...)
	p.says(t, "listening on lo")
	return &saver{program: p, file: file}
}

// lastCallID is the Call-ID behind which nothing is played.
const lastCallID = "the-last-one"

// finish ends the saved capture behind one last request and its response, so that all before it is in the file.
func (s *saver) finish(t *testing.T) {
	t.Helper()
	s.finishAfter(t, 2)
}

// finishAfter does that where the last request and its response are so many messages on the loopback.
func (s *saver) finishAfter(t *testing.T, messages int) {
	t.Helper()
	if err := ping(lastCallID); err != nil {
		t.Fatal(err)
	}
	await(t, "tcpdump has saved the last response", func() error {
		saved, err := os.ReadFile(s.file)
		if err != nil {
			return err
		}
		if n := bytes.Count(saved, []byte("Call-ID: "+lastCallID)); n < messages {
			return fmt.Errorf("%d of the last %d messages are there", n, messages)
		}
		return nil
	})
	s.stop(t)
}

// read reads a saved capture.
func read(t *testing.T, binary, file string, args ...string) []byte {
	t.Helper()
	return run(t, binary, append([]string{"read", "--json", "--all-transactions", file}, args...)...)
}
