package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// sharkd is the dissection of Wireshark in a process that answers questions on one capture after the other. It comes with tshark, which
// takes a fraction of a second to start for each capture.
type sharkd struct {
	t       *testing.T
	to      io.WriteCloser
	answers *bufio.Reader
	asked   int
}

// newSharkd starts the process, which ends with the test. It returns nil where Wireshark is not installed.
func newSharkd(t *testing.T) *sharkd {
	t.Helper()
	path, err := exec.LookPath("sharkd")
	if err != nil {
		return nil
	}
	cmd := exec.Command(path, "-")
	to, err := cmd.StdinPipe()
	check(t, err)
	from, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() {
		_ = to.Close() // ends it
		_ = cmd.Wait()
	})
	return &sharkd{t: t, to: to, answers: bufio.NewReader(from)}
}

// ask sends one request and decodes its result.
func (s *sharkd) ask(method string, params map[string]string, result any) {
	s.t.Helper()
	s.asked++
	request, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": s.asked, "method": method, "params": params})
	check(s.t, err)
	_, err = s.to.Write(append(request, '\n'))
	check(s.t, err)
	line, err := s.answers.ReadBytes('\n')
	check(s.t, err)
	var answer struct {
		ID     int
		Result json.RawMessage
		Error  json.RawMessage
	}
	check(s.t, json.Unmarshal(line, &answer))
	if answer.ID != s.asked || answer.Error != nil {
		s.t.Fatalf("sharkd: %s %v: %s", method, params, line)
	}
	check(s.t, json.Unmarshal(answer.Result, result))
}

// messages counts the SIP messages with a Call-ID in a capture. It asks for all frames: what a filter found in one capture is remembered, and
// would be the answer for the next one.
func (s *sharkd) messages(file, callID string) (n int) {
	s.t.Helper()
	s.ask("load", map[string]string{"file": file}, &struct{}{})
	var frames []struct{ C []string }
	s.ask("frames", map[string]string{"column0": "sip.Call-ID:0"}, &frames)
	for _, f := range frames {
		for id := range strings.SplitSeq(f.C[0], ",") {
			if id == callID {
				n++
			}
		}
	}
	return n
}
