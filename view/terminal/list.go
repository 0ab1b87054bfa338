package terminal

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"sipspan/record"
)

const (
	// maxRows is how many records the lists hold. More are counted only.
	maxRows = 100_000
	// maxLive is how many records the lists hold of what is captured now. Then those that began first make room.
	maxLive = 20_000
)

// lists holds all rows, and what is seen of them.
type lists struct {
	wanted   func(record.Record) bool
	rows     []*row                     // by time
	failures map[string][]record.Record // by Call-ID
	caused   map[string]bool            // Call-IDs of sessions that have a cause, so that their failures are not listed beside them
	live     bool                       // records come as long as somebody looks
	most     int                        // live: how many rows are held
	open     map[string]*row            // live: calls that go on, by Call-ID
	omitted  int
	counts   [tabs]int
	tab      tab
	filter   string // as it was typed
	seen     []*row // of this tab, that match the filter
	at       int    // the row of seen where the cursor is
	scroll   scroll
}

// add adds records, and keeps the cursor on its row; live, on the last row, where it is there.
func (l *lists) add(records []record.Record) {
	var added []*row
	changed, atEnd := false, l.at >= len(l.seen)-1
	for _, r := range records {
		if r.Kind() == record.KindFailure {
			l.fail(r)
		}
		over := l.over(r)
		changed = changed || over != nil
		if l.wanted != nil && !l.wanted(r) {
			continue
		}
		w := newRow(r)
		switch {
		case w == nil:
			continue
		case over != nil: // the row stays where it is
			w.selected = over.selected
			*over = *w
			w = over
		case !l.live && len(l.rows)+len(added) >= maxRows:
			l.omitted++
			continue
		default:
			added = append(added, w)
		}
		l.goesOn(w)
		if w.tab != failures && w.cause != nil {
			if l.caused == nil {
				l.caused = map[string]bool{}
			}
			l.caused[r.Head().CallID] = true
		}
	}
	if len(added) == 0 && !changed {
		return
	}
	if changed { // a call that is over and is not wanted
		l.rows = slices.DeleteFunc(l.rows, func(w *row) bool { return w.gone })
		added = slices.DeleteFunc(added, func(w *row) bool { return w.gone })
	}
	last := len(l.rows)
	l.rows = append(l.rows, added...)
	slices.SortStableFunc(l.rows[last:], byTime)
	if last > 0 && last < len(l.rows) && byTime(l.rows[last-1], l.rows[last]) > 0 {
		slices.SortStableFunc(l.rows, byTime)
	}
	if l.live {
		l.makeRoom()
	}
	l.look()
	if l.live && atEnd {
		l.at = max(len(l.seen)-1, 0)
	}
}

// over returns the row of the call that went on until this record, nil for none. It is gone unless it is filled again.
func (l *lists) over(r record.Record) *row {
	w := l.open[r.Head().CallID]
	if w == nil || r.Kind() != record.KindCall {
		return nil
	}
	delete(l.open, r.Head().CallID)
	w.gone = true
	return w
}

// goesOn remembers the row of a call that goes on.
func (l *lists) goesOn(w *row) {
	call, ok := w.record.(*record.Call)
	if !l.live || !ok || call.Disposition != record.InProgress {
		return
	}
	if l.open == nil {
		l.open = map[string]*row{}
	}
	l.open[call.CallID] = w
}

// makeRoom drops the rows that began first, some at a time, and what is known of their Call-IDs.
func (l *lists) makeRoom() {
	if len(l.rows) <= l.most {
		return
	}
	n := len(l.rows) - l.most + l.most/8
	for _, w := range l.rows[:n] {
		callID := w.record.Head().CallID
		if l.open[callID] == w {
			delete(l.open, callID)
		}
	}
	l.rows = slices.Delete(l.rows, 0, n)
	l.omitted += n
	kept := make(map[string]bool, len(l.rows))
	for _, w := range l.rows {
		kept[w.record.Head().CallID] = true
	}
	maps.DeleteFunc(l.failures, func(callID string, _ []record.Record) bool { return !kept[callID] })
	maps.DeleteFunc(l.caused, func(callID string, _ bool) bool { return !kept[callID] })
}

func byTime(a, b *row) int { return cmp.Compare(a.record.Head().Start, b.record.Head().Start) }

// fail keeps a failure for the ladder of its session.
func (l *lists) fail(r record.Record) {
	const maxFailures = 32 // of one Call-ID
	if l.failures == nil {
		l.failures = map[string][]record.Record{}
	}
	callID := r.Head().CallID
	if kept := l.failures[callID]; len(kept) < maxFailures && (kept != nil || len(l.failures) < maxRows) {
		l.failures[callID] = append(kept, r)
	}
}

// look finds what is seen of the rows. The cursor stays on its row if that is among them.
func (l *lists) look() {
	var under *row
	if l.at < len(l.seen) && l.at > 0 {
		under = l.seen[l.at]
	}
	words := strings.Fields(strings.ToLower(l.filter))
	seen := make([]*row, 0, len(l.seen))
	l.counts = [tabs]int{}
	for _, w := range l.rows {
		failed := l.isFailure(w)
		if failed {
			l.counts[failures]++
		}
		if w.tab != failures {
			l.counts[w.tab]++
		}
		listed := w.tab == l.tab && w.tab != failures || failed && l.tab == failures
		if listed && w.matches(words) {
			seen = append(seen, w)
		}
	}
	l.seen = seen
	if at := slices.Index(seen, under); under != nil && at >= 0 {
		l.at = at
	}
	l.at = max(min(l.at, len(seen)-1), 0)
}

// isFailure reports whether the list of failures has a row: a session with a cause, or a failure of which no such session is known.
func (l *lists) isFailure(w *row) bool {
	if w.tab == failures {
		return !l.caused[w.record.Head().CallID]
	}
	return w.cause != nil
}

// matches reports whether all words are found in what the row has of text.
func (w *row) matches(words []string) bool {
	for _, word := range words {
		if !strings.Contains(w.search, word) {
			return false
		}
	}
	return true
}

// current returns the row with the cursor, nil where there is none.
func (l *lists) current() *row {
	if l.at >= len(l.seen) {
		return nil
	}
	return l.seen[l.at]
}

// chosen returns the sessions that are selected, or else the one with the cursor.
func (l *lists) chosen() (all []record.Record) {
	for _, w := range l.rows {
		if w.selected {
			all = append(all, w.record)
		}
	}
	if w := l.current(); len(all) == 0 && w != nil {
		all = append(all, w.record)
	}
	return all
}

// turn shows another list.
func (l *lists) turn(to tab) {
	l.tab = (to + tab(tabs)) % tab(tabs)
	l.at, l.scroll = 0, scroll{}
	l.look()
}

func (l *lists) setFilter(s string) {
	l.filter = s
	l.look()
}

func (l *lists) close() {}

func (l *lists) press(m *Model, key string) tea.Cmd {
	page := max(m.height-listFrame, 1)
	switch key {
	case "up", "k":
		l.at--
	case "down", "j":
		l.at++
	case "pgup", "ctrl+b":
		l.at -= page
	case "pgdown", "ctrl+f":
		l.at += page
	case "home", "g":
		l.at = 0
	case "end", "G":
		l.at = len(l.seen) - 1
	case "tab", "right":
		l.turn(l.tab + 1)
	case "shift+tab", "left":
		l.turn(l.tab - 1)
	case "1", "2", "3", "4", "5":
		l.turn(tab(key[0] - '1'))
	case "space":
		if w := l.current(); w != nil {
			w.selected = !w.selected
			l.at++
		}
	case "f7", "/", "f", "f3":
		old := l.filter
		m.ask = &asking{
			prompt: prompt{l.filter}, question: "Filter: ", typed: l.setFilter,
			entered: func(string) tea.Cmd { return nil }, left: func() { l.setFilter(old) },
		}
	case "f9", "esc":
		l.setFilter("")
	case "f2", "s":
		m.save(l.chosen(), false)
	case "enter":
		if w := l.current(); w != nil {
			return m.look(w)
		}
	}
	l.at = max(min(l.at, len(l.seen)-1), 0)
	return nil
}
