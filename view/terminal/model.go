package terminal

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"sipspan/record"
	"sipspan/view/plain"
)

// Options is how a view is made.
type Options struct {
	Source Source
	Desk   Desk
	Wanted func(record.Record) bool // nil: all records
	Zone   *time.Location           // of the times that are drawn; nil: UTC
	Title  string                   // what is looked at, such as the name of the capture
	ASCII  bool                     // draw with ASCII characters only
	Live   bool                     // the records are those of what is captured now
}

// Model is the whole view. It is a tea.Model, and only one goroutine may use it.
type Model struct {
	o             Options
	ctx           context.Context
	width, height int
	lists         lists
	screens       []screen // what is over the list; the last one is seen
	ask           *asking  // nil: nothing is asked for
	notice        string   // the last thing that has happened
	read, total   int64
	lost          uint64 // packets
	missed        int    // records
	done          bool
	broken        string // what could not be read
	saving        bool
}

var _ tea.Model = (*Model)(nil)

// screen is one of the pictures that can be seen.
type screen interface {
	// press takes a key.
	press(m *Model, key string) tea.Cmd
	// draw returns at most height lines.
	draw(m *Model, width, height int) []string
	// help returns the line about the keys.
	help() string
	// close ends what goes on for the screen.
	close()
}

// asking is a line that somebody types below the screen.
type asking struct {
	prompt
	question string
	typed    func(text string)         // after each key; may be nil
	entered  func(text string) tea.Cmd // after Enter
	left     func()                    // after Esc; may be nil
}

// Messages to the model, beside keys and sizes.
type (
	batchMsg Batch
	savedMsg struct {
		text string
		err  error
	}
)

// Smallest size of a terminal that can be drawn on.
const (
	minWidth  = 40
	minHeight = 10
)

// New returns a view that asks its source and its desk until ctx ends.
func New(ctx context.Context, o Options) *Model {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	m := &Model{o: o, ctx: ctx}
	m.lists.wanted, m.lists.live, m.lists.most = o.Wanted, o.Live, maxLive
	m.screens = []screen{&m.lists}
	return m
}

// Init asks for the first records.
func (m *Model) Init() tea.Cmd { return m.next }

func (m *Model) next() tea.Msg { return batchMsg(m.o.Source.Next(m.ctx)) }

// Broken returns what could not be read so far, or "".
func (m *Model) Broken() string { return m.broken }

func (m *Model) top() screen { return m.screens[len(m.screens)-1] }

// open puts a screen over the others.
func (m *Model) open(s screen) { m.screens = append(m.screens, s) }

// back takes away the uppermost screen. The list stays.
func (m *Model) back() {
	if n := len(m.screens); n > 1 {
		m.top().close()
		m.screens = m.screens[:n-1]
	}
}

// Update takes one message.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case batchMsg:
		cmd := m.take(Batch(msg))
		return m, cmd
	case drawnMsg:
		msg.of.take(m, msg)
	case savedMsg:
		m.saving = false
		m.notice = plain.Clean(msg.text, maxText)
		if msg.err != nil {
			m.notice = "not saved: " + plain.Clean(msg.err.Error(), maxText)
		}
	case tea.PasteMsg:
		if m.ask != nil {
			m.ask.insert(msg.Content)
			m.typed()
		}
	case tea.KeyPressMsg:
		cmd := m.press(msg)
		return m, cmd
	}
	return m, nil
}

// take adds records, and asks for more.
func (m *Model) take(b Batch) tea.Cmd {
	m.lists.add(b.Records)
	m.read, m.total, m.lost = b.Read, b.Total, b.PacketsLost
	m.missed += b.Missed
	if !b.Done {
		return m.next
	}
	m.done = true
	if b.Err != nil {
		m.broken = b.Err.Error()
		m.notice = "not everything could be read: " + plain.Clean(m.broken, maxText)
	}
	return nil
}

// press takes a key: first whoever asks for a line, then what is the same on all screens, then the screen.
func (m *Model) press(key tea.KeyPressMsg) tea.Cmd {
	name := key.String()
	if name == "ctrl+c" || name == "f10" {
		return m.quit()
	}
	if m.ask != nil {
		return m.answer(key)
	}
	m.notice = ""
	switch name {
	case "f1", "?", "h":
		if _, open := m.top().(*manual); !open {
			m.open(&manual{})
		}
		return nil
	case "q", "esc":
		if len(m.screens) > 1 {
			m.back()
			return nil
		}
		if name == "q" {
			return m.quit()
		}
	}
	return m.top().press(m, name)
}

func (m *Model) quit() tea.Cmd {
	for len(m.screens) > 1 {
		m.back()
	}
	return tea.Quit
}

// answer takes a key of a line that is asked for.
func (m *Model) answer(key tea.KeyPressMsg) tea.Cmd {
	ask := m.ask
	switch key.String() {
	case "enter":
		m.ask = nil
		return ask.entered(ask.text)
	case "esc":
		m.ask = nil
		if ask.left != nil {
			ask.left()
		}
		return nil
	case "up", "down", "pgup", "pgdown": // of what is filtered, one can be chosen
		return m.top().press(m, key.String())
	}
	if ask.press(key) {
		m.typed()
	}
	return nil
}

func (m *Model) typed() {
	if m.ask.typed != nil {
		m.ask.typed(m.ask.text)
	}
}

// save asks for the name of a file and copies the packets of sessions into it.
func (m *Model) save(sessions []record.Record, related bool) {
	switch {
	case len(sessions) == 0:
		m.notice = "there is nothing to save"
		return
	case m.saving:
		m.notice = "packets are being saved already"
		return
	}
	question := "Save 1 session as: "
	if n := len(sessions); n > 1 {
		question = fmt.Sprintf("Save %d sessions as: ", n)
	}
	m.ask = &asking{prompt: prompt{m.fileName(sessions)}, question: question, entered: func(path string) tea.Cmd {
		if path = strings.TrimSpace(path); path == "" {
			m.notice = "not saved: no name was given"
			return nil
		}
		m.saving, m.notice = true, "saving…"
		return func() tea.Msg {
			text, err := m.o.Desk.Save(m.ctx, sessions, related, path)
			return savedMsg{text, err}
		}
	}}
}

// fileName proposes a name: of one session the beginning of its Call-ID, as far as its characters are harmless in a name.
func (m *Model) fileName(sessions []record.Record) string {
	ending := ".pcapng"
	if m.o.Live {
		ending = ".pcap"
	}
	if len(sessions) > 1 {
		return "sessions" + ending
	}
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.') {
			return r
		}
		return '_'
	}, plain.Clean(sessions[0].Head().CallID, 40))
	name = strings.Trim(name, "._-")
	if name == "" {
		name = "session"
	}
	return name + ending
}
