//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// baresip is a phone that is told what to do over its control connection, and tells there what happens to it.
type baresip struct {
	*program
	t       *testing.T
	user    string
	control net.Conn
	events  chan event
}

// event is what comes on the control connection: an event, or the response to a command.
type event struct {
	Type     string `json:"type"`
	Data     string `json:"data"`
	Response bool   `json:"response"`
	OK       bool   `json:"ok"`
}

// account is what a phone is set up with.
type account struct {
	user, addr, transport, password string
	params                          string // of the account, each with a semicolon in front
	contacts                        string // whom it watches
}

// startBaresip starts a phone, which registers by itself. It needs an interface that is no loopback, which is made for it;
// to the other addresses of the machine it still talks over the loopback.
func startBaresip(s *stage, a account) *baresip {
	t := s.t
	t.Helper()
	folder := filepath.Join(s.folder, a.user)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	ip(t, "link add "+a.user+" type veth peer name "+a.user+"-peer")
	t.Cleanup(func() { ip(t, "link delete "+a.user) })
	ip(t, "address add "+a.addr+"/32 dev "+a.user)
	ip(t, "link set "+a.user+" up")
	config, err := os.ReadFile("testdata/baresip/config")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"config":   strings.NewReplacer("$INTERFACE", a.user, "$ADDR", a.addr).Replace(string(config)),
		"contacts": a.contacts + "\n",
		"accounts": fmt.Sprintf("<sip:%s@example.org>;auth_pass=%s;outbound=\"sip:%s;transport=%s\";regint=600%s\n",
			a.user, a.password, proxy, a.transport, a.params),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := &baresip{t: t, user: a.user, events: make(chan event, 1000)}
	b.program = start(t, folder, "baresip", "-4", "-f", folder)
	await(t, a.user+"'s baresip can be controlled", func() (err error) {
		if b.hasEnded() {
			return fatal{fmt.Errorf("it ended with %v", b.err)}
		}
		b.control, err = net.DialTimeout("tcp", a.addr+":4444", time.Second)
		return err
	})
	t.Cleanup(func() { b.control.Close() })
	go b.listen()
	return b
}

// listen hands on what comes on the control connection: netstrings with JSON.
func (b *baresip) listen() {
	defer close(b.events)
	for r := bufio.NewReader(b.control); ; {
		size, err := r.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
		if err != nil || n < 0 {
			return
		}
		text := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(r, text); err != nil {
			return
		}
		var e event
		if json.Unmarshal(text[:n], &e) == nil {
			b.events <- e
		}
	}
}

// does tells the phone to do something and returns what it says to that.
func (b *baresip) does(command, params string) (said string) {
	b.t.Helper()
	line, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.control, "%d:%s,", len(line), line); err != nil {
		b.t.Fatalf("telling %s to %s: %v", b.user, command, err)
	}
	b.sees("response to "+command, func(e event) error {
		if e.Response && !e.OK {
			return fatal{fmt.Errorf("%s could not %s", b.user, command)}
		}
		if !e.Response {
			return errors.New("no response")
		}
		said = e.Data
		return nil
	})
	return said
}

// knows waits until the phone shows its contact with this presence.
func (b *baresip) knows(presence string) {
	b.t.Helper()
	await(b.t, b.user+" sees the contact "+presence, func() error {
		if list := b.does("contacts", ""); !strings.Contains(list, presence) {
			return errors.New(list)
		}
		return nil
	})
}

// gets waits for an event. Those before it are passed over.
func (b *baresip) gets(what string) {
	b.t.Helper()
	b.sees(what, func(e event) error {
		if e.Type != what {
			return errors.New("another event")
		}
		return nil
	})
}

func (b *baresip) sees(what string, wanted func(event) error) {
	b.t.Helper()
	limit := time.After(patience)
	var seen []string
	for {
		select {
		case e, open := <-b.events:
			if !open {
				b.t.Fatalf("%s's baresip hung up before: %s; events: %v", b.user, what, seen)
			}
			err := wanted(e)
			if err == nil {
				return
			}
			if errors.As(err, new(fatal)) {
				b.t.Fatal(err)
			}
			seen = append(seen, e.Type)
		case <-limit:
			b.t.Fatalf("%s's baresip never told: %s; events: %v", b.user, what, seen)
		}
	}
}

// quits ends the phone, which gives up its registration first.
func (b *baresip) quits() {
	b.t.Helper()
	b.does("quit", "")
	if err := b.wait(patience); err != nil {
		b.t.Fatalf("%s's baresip: %v", b.user, err)
	}
}
