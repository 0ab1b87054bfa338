package eventstate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/stats"
)

// observed returns the record of a subscription after some documents, and the table they were counted in.
func observed(s *State, t *Table, documents ...presence.Document) *record.Subscription {
	for i := range documents {
		s.Observe(&documents[i], []byte("sip:bob@example.com"), int64(i)*int64(time.Second), t)
	}
	rec := &record.Subscription{Resource: "sip:bob@example.com"}
	s.Fill(rec)
	return rec
}

func newTable(limit int) *Table {
	t := NewTable(limit, new(stats.Counters))
	t.FlapChanges, t.FlapWindow = 3, time.Minute
	return &t
}

// dialogs makes a document about dialogs, each written as id=state.
func dialogs(partial bool, list ...string) presence.Document {
	d := presence.Document{Kind: presence.DialogInfo, Partial: partial}
	for _, entry := range list {
		id, state, _ := strings.Cut(entry, "=")
		d.States = append(d.States, presence.State{ID: id, Value: state})
	}
	return d
}

func basic(entity string, b presence.Basic) presence.Document {
	return presence.Document{Kind: presence.PIDF, Entity: entity, Basic: b}
}

// Full state replaces what was known, partial state changes what it names.
func TestDialogs(t *testing.T) {
	for _, tt := range []struct {
		name      string
		documents []presence.Document
		want      record.DialogState
		counted   int64
	}{
		{"none", []presence.Document{dialogs(false)}, record.DialogState{State: "none"}, 0},
		{"the most of several", []presence.Document{dialogs(false, "1=trying", "2=early")}, record.DialogState{State: "early"}, 2},
		{"one of two ends", []presence.Document{dialogs(false, "1=confirmed", "2=early"), dialogs(true, "1=terminated")}, record.DialogState{State: "early", Changes: 1}, 1},
		{"full state forgets the others", []presence.Document{dialogs(false, "1=confirmed", "2=early"), dialogs(false, "2=confirmed")}, record.DialogState{State: "confirmed"}, 1},
		{"all are over", []presence.Document{dialogs(false, "1=confirmed"), dialogs(true, "1=terminated")}, record.DialogState{State: "terminated", Changes: 1}, 0},
	} {
		var s State
		table := newTable(100)
		rec := observed(&s, table, tt.documents...)
		if diff := cmp.Diff(&tt.want, rec.Dialog); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
		if n := table.counters.Tracked[stats.TableResources]; n != tt.counted {
			t.Errorf("%s: %d resources are counted, want %d", tt.name, n, tt.counted)
		}
	}
}

// A change is reported once, for the resource of the subscription without a name.
func TestPresenceChanges(t *testing.T) {
	var s State
	table := newTable(100)
	var got []string
	for i, d := range []presence.Document{
		basic("sip:bob@example.com", presence.Open), basic("sip:bob@example.com", presence.Open), basic("sip:bob@example.com", presence.Closed),
		basic("sip:carol@example.com", presence.Unset), basic("sip:carol@example.com", presence.Closed),
	} {
		if c := s.Observe(&d, []byte("sip:bob@example.com"), int64(i), table); c.Presence {
			got = append(got, fmt.Sprintf("%d %q", i, c.Entity))
		}
	}
	if diff := cmp.Diff([]string{`0 ""`, `2 ""`, `4 "sip:carol@example.com"`}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	rec := observed(&s, table)
	if rec.Presence != nil || rec.Resources == nil || rec.Resources.Notified != 2 || rec.Resources.Changes != 1 {
		t.Errorf("two presentities are written as %+v, %+v", rec.Presence, rec.Resources)
	}
}

func TestFlapping(t *testing.T) {
	for _, tt := range []struct {
		changes int
		want    bool
	}{{2, false}, {3, true}} {
		list := []presence.Document{basic("", presence.Open)}
		for i := range tt.changes {
			list = append(list, basic("", [...]presence.Basic{presence.Closed, presence.Open}[i%2]))
		}
		rec := observed(new(State), newTable(100), list...)
		if rec.Presence.Changes != tt.changes || rec.Presence.Flapping != tt.want {
			t.Errorf("%d changes: %+v", tt.changes, rec.Presence)
		}
	}
}

// What finds no room is left out and said so, and all that was counted is given back.
func TestTableLimit(t *testing.T) {
	var s State
	table := newTable(50)
	var list []string
	for i := range 80 {
		list = append(list, fmt.Sprint(i, "=early"))
	}
	observed(&s, table, dialogs(false, list...))
	if n := table.counters.Tracked[stats.TableResources]; !s.Full() || n != 50 || table.counters.Evicted[stats.TableResources] != 30 {
		t.Errorf("full: %v, %d tracked, %d evicted", s.Full(), n, table.counters.Evicted[stats.TableResources])
	}
	s.Release(table)
	if n := table.counters.Tracked[stats.TableResources]; n != 0 || s.Full() {
		t.Errorf("after the release %d are tracked, full: %v", n, s.Full())
	}
	if rec := observed(&s, table); rec.Dialog != nil || rec.Resources != nil {
		t.Errorf("after the release it says %+v, %+v", rec.Dialog, rec.Resources)
	}
}

// A list that is long has an index, which says the same as a search.
func TestLongList(t *testing.T) {
	var s State
	table := newTable(1000)
	for round := range 3 {
		var list []string
		for i := range 40 * (3 - round) {
			list = append(list, fmt.Sprintf("%d=%s", i*7%120, [...]string{"early", "confirmed", "trying"}[(i+round)%3]))
		}
		d := dialogs(false, list...)
		s.Observe(&d, nil, 0, table)
		if len(s.elements.list) != len(list) {
			t.Fatalf("round %d: %d elements, want %d", round, len(s.elements.list), len(list))
		}
		for i := range s.elements.list {
			if got := s.elements.find(s.elements.list[i].id); got != i {
				t.Fatalf("round %d: element %d is found at %d", round, i, got)
			}
		}
	}
}

func TestMailbox(t *testing.T) {
	mail := func(waiting bool, newer, older int) presence.Document {
		return presence.Document{Kind: presence.MessageSummary, Waiting: waiting, Messages: []presence.MessageCount{{New: newer, Old: older}, {New: 1}}}
	}
	rec := observed(new(State), newTable(1), mail(false, 0, 3), mail(true, 2, 3), mail(true, 3, 3), mail(false, 0, 6))
	if diff := cmp.Diff(&record.MessagesWaiting{New: 1, Old: 6, Changes: 2}, rec.MessagesWaiting); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A body that repeats the last one needs not be read again.
func TestRepeated(t *testing.T) {
	var s State
	if s.Repeated(1) || !s.Repeated(1) || s.Repeated(2) || s.Repeated(1) {
		t.Error("only the last body is a repetition")
	}
}
