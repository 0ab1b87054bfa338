//go:build e2e

package e2e

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"text/template"
)

// usedUp is the Max-Forwards of a request that may not go any further.
const usedUp = -1

// values fill the templates of SIPp's scenarios.
type values struct {
	Method, User, Header, Body, Password, Reason string
	Status, MaxForwards                          int
	Ring, Talk                                   int // milliseconds
	Challenged                                   bool
	Caller, Callee                               string // set by play
}

// play starts SIPp with one of the scenarios in testdata/sipp, for one call with the given Call-ID.
func (s *stage) play(file, callID, addr string, v values, args ...string) *program {
	s.t.Helper()
	switch v.MaxForwards {
	case 0:
		v.MaxForwards = 70
	case usedUp:
		v.MaxForwards = 0
	}
	v.Caller, v.Callee = s.caller, s.callee
	text, err := template.ParseFiles(filepath.Join("testdata", "sipp", file+".xml"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.plays++
	scenario, err := os.Create(filepath.Join(s.folder, fmt.Sprintf("%d-%s.xml", s.plays, file)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer scenario.Close()
	if err := text.Execute(scenario, v); err != nil {
		s.t.Fatal(err)
	}
	mode := "u1"
	if s.transport == "tcp" {
		mode = "t1"
	}
	return start(s.t, s.folder, "sipp", append([]string{
		proxy + ":5060", "-sf", scenario.Name(), "-i", addr, "-p", "5060", "-t", mode, "-m", "1", "-nostdin",
		"-cid_str", callID, "-key", "caller", s.caller, "-key", "callee", s.callee,
		"-timeout", "60s", "-timeout_error", "-trace_err",
	}, args...)...)
}

// ends waits until SIPp is through, and fails the test when it met something else than its scenario says.
func (s *stage) ends(p *program) {
	s.t.Helper()
	if err := p.wait(2 * patience); err != nil {
		s.t.Fatalf("%s: %v", filepath.Base(p.cmd.Args[3]), err)
	}
}

// register registers the called user with a phone at the address.
func (s *stage) register(addr string) {
	s.t.Helper()
	s.registerUser(s.callee, addr)
}

// registerUser registers any user with a phone at the address.
func (s *stage) registerUser(user, addr string) {
	s.t.Helper()
	as := *s
	as.callee = user
	suffix := "register-" + addr
	as.registers(suffix, addr, as.contact(addr), "secret", 200)
	s.plays, s.callIDs = as.plays, as.callIDs
	s.expects(expectation(fmt.Sprintf(`{"record":"registration","call_id":"%s-%s","outcome":"registered","status":200,"challenged":true,"rrd_ms":"*",
		"aor":"sip:%s@example.org","contacts":"*","expires_s":"*","dst":"$proxy","user_agent":"SIPp phone","cause":null,%s}`, s.name, suffix, user, sure)))
}

// contact returns the header fields that bind the called user to the address.
func (s *stage) contact(addr string) string {
	return fmt.Sprintf("Contact: <sip:%s@%s:5060;transport=%s>\nExpires: 600\n", s.callee, addr, s.transport)
}

// registers sends a REGISTER with these header fields. Its Call-ID is the name of the scenario and the suffix.
func (s *stage) registers(suffix, addr, header, password string, status int) {
	s.t.Helper()
	callID := s.name + "-" + suffix
	s.owns(callID)
	s.ends(s.play("register", callID, addr, values{Header: header, Password: password, Status: status}))
}

// phone starts a phone and waits until it can be called.
func (s *stage) phone(file, addr string, v values) *program {
	s.t.Helper()
	p := s.play(file, s.name, addr, v)
	await(s.t, file+" can be called", func() error {
		if p.hasEnded() {
			return fatal{fmt.Errorf("it ended with %v", p.err)}
		}
		return listens(s.transport, netip.MustParseAddrPort(addr+":5060"))
	})
	return p
}

// calls plays the caller, with the phones that are called, to the end.
func (s *stage) calls(file string, v values, phones ...*program) {
	s.t.Helper()
	s.ends(s.play(file, s.name, s.from, v))
	for _, p := range phones {
		s.ends(p)
	}
}

// callFailed is the exit status of SIPp when it has sent its request for the last time.
const callFailed = 1

// givesUp plays a caller whom nobody answers.
func (s *stage) givesUp(file string, v values, to string) {
	s.t.Helper()
	p := s.play(file, s.name, s.from, v, "-rsa", to)
	if err := p.wait(2 * patience); p.cmd.ProcessState.ExitCode() != callFailed {
		s.t.Fatalf("%s was meant to fail: %v", file, err)
	}
}
