package terminal

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"sipspan/record"
	"sipspan/view/ladder"
)

// fakeDesk draws the hops of records and remembers what it was asked for.
type fakeDesk struct {
	drawn   []string // "Call-ID related"
	gone    []context.Context
	saved   []string
	path    string
	related bool
	err     error
}

func (d *fakeDesk) Draw(ctx context.Context, r record.Record, failures []record.Record, related bool) (*ladder.Ladder, error) {
	d.drawn = append(d.drawn, fmt.Sprint(r.Head().CallID, " ", len(failures), " ", related))
	d.gone = append(d.gone, ctx)
	return ladder.OfHops(r, failures), d.err
}

func (d *fakeDesk) Save(_ context.Context, sessions []record.Record, related bool, path string) (string, error) {
	for _, r := range sessions {
		d.saved = append(d.saved, r.Head().CallID)
	}
	d.path, d.related = path, related
	return path + ": 2 packets", d.err
}

// nothing is a Source that has come to its end.
type nothing struct{}

func (nothing) Next(context.Context) Batch { return Batch{Done: true} }

// view is a model with a hand on its keys.
type view struct {
	*Model
	t    *testing.T
	desk *fakeDesk
}

func newView(t *testing.T, records ...record.Record) *view {
	t.Helper()
	v := &view{t: t, desk: &fakeDesk{}}
	v.Model = New(t.Context(), Options{Source: nothing{}, Desk: v.desk, Title: "test.pcap"})
	v.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	v.Update(batchMsg{Records: records, Done: true})
	return v
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "tab": tea.KeyTab,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f4": tea.KeyF4, "f6": tea.KeyF6, "f7": tea.KeyF7, "f9": tea.KeyF9, "f10": tea.KeyF10,
}

// keys presses keys, and does what the model asks for.
func (v *view) keys(keys ...string) {
	v.t.Helper()
	for _, k := range keys {
		key := tea.KeyPressMsg{Text: k}
		if code, ok := named[k]; ok {
			key = tea.KeyPressMsg{Code: code}
		} else if k == "space" {
			key = tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
		} else if len(k) == 1 {
			key.Code = rune(k[0])
		}
		if _, cmd := v.Update(key); cmd != nil {
			v.Update(cmd())
		}
	}
}

func (v *view) screen() string { return ansi.Strip(strings.Join(v.Model.drawn(), "\n")) }

func (v *view) shows(want ...string) {
	v.t.Helper()
	screen := v.screen()
	for _, w := range want {
		if !strings.Contains(screen, w) {
			v.t.Errorf("the screen has no %q:\n%s", w, screen)
		}
	}
}

func (v *view) lacks(unwanted ...string) {
	v.t.Helper()
	screen := v.screen()
	for _, w := range unwanted {
		if strings.Contains(screen, w) {
			v.t.Errorf("the screen has %q:\n%s", w, screen)
		}
	}
}

const second = int64(1e9)

func call(id string, at int64, from, to string, status int) *record.Call {
	c := &record.Call{Header: record.Header{ID: "id-" + id, CallID: id, Start: at * second, End: (at + 1) * second}, Status: status}
	c.From.URI, c.To.URI, c.Disposition = "sip:"+from+"@example.com", "sip:"+to+"@example.com", record.Answered
	if status >= 400 {
		c.Disposition = record.Failed
		c.Cause = &record.Cause{Source: "sip", Explanation: "INVITE was refused because of the weather."}
	}
	c.Hops = []record.Hop{{Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Transport: "UDP", Status: status}}
	return c
}

func failure(callID string, at int64) *record.Failure {
	f := &record.Failure{Header: record.Header{ID: "f-" + callID, CallID: callID, Start: at * second}, Method: "INFO", Status: 481}
	f.From.URI, f.Cause = "sip:info@example.com", &record.Cause{Source: "sip", Explanation: "INFO found no dialog."}
	return f
}

func TestRowsAreInOrderOfTime(t *testing.T) {
	v := newView(t)
	v.Update(batchMsg{Records: []record.Record{call("c", 30, "carol", "x", 200), call("b", 20, "bob", "x", 200)}})
	v.keys("down")
	if w := v.lists.current(); w.record.Head().CallID != "c" {
		t.Fatalf("the cursor is on %s", w.record.Head().CallID)
	}
	v.Update(batchMsg{Records: []record.Record{call("a", 10, "alice", "x", 200), call("d", 40, "dave", "x", 200)}, Done: true})
	var order []string
	for _, w := range v.lists.seen {
		order = append(order, w.record.Head().CallID)
	}
	if got := strings.Join(order, ""); got != "abcd" {
		t.Errorf("the rows are %s", got)
	}
	if w := v.lists.current(); w.record.Head().CallID != "c" {
		t.Errorf("the cursor has moved to %s", w.record.Head().CallID)
	}
}

func TestFilterWhileTyping(t *testing.T) {
	v := newView(t, call("a", 1, "alice", "bob", 200), call("b", 2, "carol", "bob", 486), call("c", 3, "carol", "dave", 200))
	v.keys("f7", "C", "a", "r")
	v.shows("Filter: Car", "carol@example.com")
	v.lacks("alice@example.com")
	v.keys("space", "4", "8", "6")
	v.lacks("dave@example.com")
	v.keys("enter")
	v.shows(`filter "Car 486": 1 of 3`)
	v.keys("f7", "x")
	v.shows("nothing matches")
	v.keys("backspace", "x", "esc")
	v.shows(`filter "Car 486": 1 of 3`)
	v.keys("f9")
	v.shows("alice@example.com", "dave@example.com")
	v.keys("f7")
	v.Update(tea.PasteMsg{Content: "weather\x1b\r\n"})
	v.shows(`Filter: weather\x1b`)
	v.keys("backspace", "backspace", "backspace", "backspace", "enter")
	if n := len(v.lists.seen); n != 1 {
		t.Errorf("the cause is found %d times:\n%s", n, v.screen())
	}
}

func TestOnlyWhatIsWantedIsListed(t *testing.T) {
	m := New(t.Context(), Options{Source: nothing{}, Desk: &fakeDesk{}, Wanted: func(r record.Record) bool { return r.Head().CallID == "b" }})
	m.Update(batchMsg{Records: []record.Record{call("a", 1, "alice", "bob", 200), call("b", 2, "carol", "bob", 486), failure("b", 2)}})
	if len(m.lists.seen) != 1 || len(m.lists.failures["b"]) != 1 {
		t.Errorf("%d rows, %d failures", len(m.lists.seen), len(m.lists.failures["b"]))
	}
}

func TestFailures(t *testing.T) {
	registration := &record.Registration{Header: record.Header{CallID: "r", Start: second}, AOR: "sip:reg@example.com", Status: 403, Cause: &record.Cause{Explanation: "No."}}
	v := newView(t, call("a", 1, "alice", "bob", 200), call("b", 2, "carol", "bob", 486), failure("a", 3), failure("b", 4), failure("lone", 5), registration)
	v.keys("5")
	v.shows("Failures 4", "Calls 2", "Registrations 1", "carol@example.com", "info@example.com", "reg@example.com")
	if n := len(v.lists.seen); n != 4 {
		t.Errorf("%d failures are listed", n)
	}
	v.keys("home", "down", "down", "enter", "esc") // that of call a, which was answered
	v.keys("end", "enter")                         // the one of no session
	if want := []string{"a 1 true", "lone 1 true"}; !slices.Equal(v.desk.drawn, want) {
		t.Errorf("the ladders of %q were drawn, not of %q", v.desk.drawn, want)
	}
}

func TestLadder(t *testing.T) {
	v := newView(t, call("a", 1, "alice", "bob", 486))
	v.keys("enter")
	v.shows("INVITE", "486", "It ended as failed", "because of the weather")
	v.keys("f6")
	v.shows("The message is not there", "n next message")
	v.keys("esc", "f4")
	if want := []string{"a 0 true", "a 0 false"}; !slices.Equal(v.desk.drawn, want) {
		t.Errorf("drawn: %q", v.desk.drawn)
	}
	v.keys("q")
	v.shows("Enter ladder")
}

func TestLateLadderIsNotTaken(t *testing.T) {
	v := newView(t, call("a", 1, "alice", "bob", 486))
	_, slow := v.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	v.shows("reading the messages")
	_, next := v.Update(tea.KeyPressMsg{Code: tea.KeyF4})
	v.Update(slow())
	v.shows("reading the messages")
	if v.desk.gone[0].Err() == nil {
		t.Error("a drawing that nobody waits for goes on")
	}
	_, _ = v.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	v.Update(next())
	v.shows("Enter ladder")
	if v.desk.gone[1].Err() == nil {
		t.Error("a drawing that nobody waits for goes on")
	}
}

func TestUnreadable(t *testing.T) {
	v := newView(t, call("a", 1, "alice", "bob", 486))
	v.desk.err = errors.New("a.pcap: cut\x1b[2J short")
	v.keys("enter")
	v.shows(`not everything could be read: a.pcap: cut\x1b[2J short`, "INVITE")
	v.keys("esc")
	v.Update(batchMsg{Done: true, Err: errors.New("b.pcap: no such file")})
	v.shows("b.pcap: no such file", "read in part")
	if v.Broken() != "b.pcap: no such file" {
		t.Errorf("Broken is %q", v.Broken())
	}
}

func TestSave(t *testing.T) {
	v := newView(t, call("../a/b c@192.0.2.1", 1, "alice", "bob", 200), call("b", 2, "carol", "bob", 486), call("c", 3, "eve", "bob", 486))
	v.keys("f2")
	v.shows("Save 1 session as: a_b_c_192.0.2.1.pcapng")
	v.keys("esc")
	if v.desk.saved != nil {
		t.Error("Esc has saved something")
	}
	v.keys("down", "space", "space", "f2")
	v.shows("Save 2 sessions as: sessions.pcapng", ">*")
	v.keys("enter")
	v.shows("sessions.pcapng: 2 packets")
	if !slices.Equal(v.desk.saved, []string{"b", "c"}) || v.desk.path != "sessions.pcapng" || v.desk.related {
		t.Errorf("saved: %q in %q", v.desk.saved, v.desk.path)
	}
	v.desk.err = errors.New("file exists")
	v.keys("home", "enter", "f2", "enter")
	v.shows("not saved: file exists")
	if !v.desk.related {
		t.Error("the legs that are drawn were not saved")
	}
}

func TestRowsAreBounded(t *testing.T) {
	v := newView(t)
	one := call("a", 1, "alice", "bob", 200)
	batch := make([]record.Record, maxRows+7)
	for i := range batch {
		batch[i] = one
	}
	v.Update(batchMsg{Records: batch, Done: true})
	v.shows("7 more are left out")
	if n := len(v.lists.rows); n != maxRows {
		t.Errorf("%d rows", n)
	}
}

func TestQuit(t *testing.T) {
	for _, key := range []tea.KeyPressMsg{{Code: tea.KeyF10}, {Code: 'q', Text: "q"}, {Code: 'c', Mod: tea.ModCtrl}} {
		_, cmd := newView(t).Update(key)
		if cmd == nil {
			t.Fatalf("%s does not quit", key)
		}
		if _, ok := cmd().(tea.QuitMsg); !ok {
			t.Errorf("%s does not quit", key)
		}
	}
	v := newView(t)
	v.keys("f7", "q")
	v.shows("Filter: q")
}

// style is what the view may write of escape sequences: SGR (ECMA-48).
var style = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

func TestHostileNamesAndSizes(t *testing.T) {
	evil := "\x1b[2J\x07\x9b31m\u202e\u2066<script>\r\n\t\x00\xff" + strings.Repeat("长é🙂", 3000)
	c := call(evil, 1, evil, evil, 500)
	c.From.Display, c.Reason, c.ReleasedBy = evil, evil, "caller"
	c.Services, c.Cause.Explanation, c.Cause.Text = []string{evil}, evil, evil
	c.Caller.UserAgent, c.Hops[0].Src, c.Hops[0].Dst = evil, evil, evil
	s := &record.Subscription{Header: c.Header, Event: evil, Resource: evil, Subscriber: evil, State: evil, Reason: evil, Status: 200}
	r := &record.Registration{Header: c.Header, AOR: evil, Contacts: []string{evil}, UserAgent: evil, Reason: evil, Status: 200}
	x := &record.Transaction{Header: c.Header, Method: evil, RequestURI: evil, Status: 501, Reason: evil}
	p := &record.Publication{Header: c.Header, AOR: evil, Dst: evil, Event: evil, Status: 200}
	f := failure(evil, 1)
	f.Method, f.Cause.Explanation = evil, evil
	v := newView(t, c, s, r, x, p, f, &record.Message{Header: c.Header, Text: evil, ContentType: evil})
	v.o.Title = evil
	check := func(what string) {
		t.Helper()
		for _, size := range [][2]int{{80, 24}, {160, 50}, {40, 10}, {41, 11}, {20, 5}, {1, 1}, {400, 100}} {
			v.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			lines := v.Model.drawn()
			if len(lines) > size[1] {
				t.Errorf("%s at %v: %d lines", what, size, len(lines))
			}
			for _, line := range lines {
				plain := style.ReplaceAllString(line, "")
				if i := strings.IndexFunc(plain, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2066 }); i >= 0 {
					t.Errorf("%s at %v draws %q", what, size, plain[i:min(len(plain), i+20)])
				}
				if n := ansi.StringWidth(plain); n > size[0] {
					t.Errorf("%s at %v: a line of %d columns", what, size, n)
				}
			}
		}
	}
	for _, list := range []string{"1", "2", "3", "4", "5"} {
		v.keys(list)
		check("list " + list)
		v.keys("end", "enter")
		check("ladder of list " + list)
		for _, key := range []string{"w", "right", "end", "pgup", "home", "up", "down", "pgdown", "left"} {
			v.keys(key)
			check(key + " in list " + list)
		}
		v.keys("f6")
		check("message of list " + list)
		v.keys("n", "p", "end", "right", "left", "esc", "esc")
	}
	v.keys("f2")
	check("asking for a name")
	v.keys("enter", "f7")
	v.Update(tea.PasteMsg{Content: evil})
	check("filter")
	v.keys("enter")
	check("filtered")
	v.keys("f1", "end")
	check("manual")
}
