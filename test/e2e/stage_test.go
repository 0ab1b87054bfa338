//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stage is where one scenario is played: users and addresses of its own, and what the play adds to the records that are
// expected.
type stage struct {
	t              *testing.T
	name           string // of the scenario, and the Call-ID of what it is about
	folder         string
	caller, callee string // users
	from           string // address of the caller
	to             string // address of the phone that is called
	number         int    // of the scenario; the addresses come from it
	transport      string // udp or tcp
	plays          int
	callIDs        []string
	expected       []expectation
}

func newStage(t *testing.T, folder string, number int, c scenario) *stage {
	t.Helper()
	s := &stage{
		t: t, name: c.name, number: number, folder: filepath.Join(folder, c.name), caller: c.caller, callee: c.name,
		from: fmt.Sprint(callers, number+1), to: fmt.Sprint(phones, 2*number+1), transport: c.transport,
		callIDs: []string{c.name}, expected: c.records,
	}
	if s.caller == "" {
		s.caller = "caller-" + c.name
	}
	if s.transport == "" {
		s.transport = "udp"
	}
	if err := os.Mkdir(s.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

// to2 returns the address of the second phone.
func (s *stage) to2() string { return fmt.Sprint(phones, 2*s.number+2) }

// owns says that records with these Call-IDs belong to the scenario.
func (s *stage) owns(callIDs ...string) { s.callIDs = append(s.callIDs, callIDs...) }

// expects adds a record.
func (s *stage) expects(e expectation) { s.expected = append(s.expected, e) }

// want returns the records that the scenario leaves behind.
func (s *stage) want(t *testing.T, c scenario) []row {
	t.Helper()
	rows := s.fillAll(t, s.expected)
	if c.failure != "" {
		f := s.fill(t, c.failure)
		f["record"] = "failure"
		rows = append(rows, f)
	}
	if c.cause != "" {
		cause := map[string]any(s.fill(t, c.cause))
		delete(cause, "call_id")
		rows[0]["cause"] = cause
		if c.failure != "" {
			rows[len(rows)-1]["cause"] = cause
		}
	}
	return rows
}

func (s *stage) fillAll(t *testing.T, list []expectation) (rows []row) {
	t.Helper()
	for _, e := range list {
		rows = append(rows, s.fill(t, e))
	}
	return rows
}

// fill reads an expectation and replaces what stands for the addresses and names of the scenario.
func (s *stage) fill(t *testing.T, e expectation) row {
	t.Helper()
	text := strings.NewReplacer("$caller", s.from+":5060", "$phone2ip", s.to2(), "$phone2", s.to2()+":5060", "$phoneip", s.to, "$phone", s.to+":5060",
		"$proxyip", proxy, "$proxy", proxy+":5060", "$name", s.name).Replace(string(e))
	var r row
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("an expectation that is no JSON: %v\n%s", err, text)
	}
	if r["call_id"] == nil {
		r["call_id"] = s.name
	}
	return r
}

// deaf opens the address and never reads what comes, until the test ends.
func (s *stage) deaf(addr string) string {
	s.t.Helper()
	c, err := net.ListenPacket("udp", addr+":5060")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return addr + ":5060"
}
