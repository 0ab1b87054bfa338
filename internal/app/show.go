package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"sipspan/capture/pcapfile"
	"sipspan/exporters/store"
	"sipspan/pipeline/messages"
	"sipspan/record"
	"sipspan/record/choose"
	"sipspan/session/correlate"
	"sipspan/view/ladder"
)

// Showing holds what a command that shows sessions is built from.
type Showing struct {
	Looking
	Wanted   func(record.Record) bool
	All      bool // show all that match, and not only the first
	Unlinked bool // leave out the other legs of a conversation
}

// Shown is one session that was asked for.
type Shown struct {
	Record record.Record
	Ladder *ladder.Ladder
}

const (
	// maxShown is how many sessions are shown at a time.
	maxShown = 100
	// maxLegs is how many other legs of a session are drawn.
	maxLegs = 12
	// maxShownBytes is how much of the messages of all shown sessions is held.
	maxShownBytes = 256 << 20
	// maxFailures is how many failures are remembered while the sessions that they belong to are looked for.
	maxFailures = 100_000
)

// Show finds the sessions that are wanted, in the order of their beginnings, and draws their ladders: of the messages in the captures, which are
// read once more for that; of the record, where there are none. matched is how many were found. What could not be read is in the
// error, and what could be read is shown nevertheless.
func Show(ctx context.Context, s Showing) (shown []Shown, matched int, err error) {
	found := &finding{wanted: s.Wanted, failures: map[string][]record.Record{}}
	s.Kinds = sessionKinds
	err = Records(ctx, s.Looking, found.take)
	chosen := found.sessions(s.All)
	if len(chosen) == 0 {
		return nil, 0, err
	}
	err = errors.Join(err, s.storedFailures(ctx, chosen, found))
	shown, readErr := s.draw(ctx, chosen, found.failures)
	return shown, found.matched, errors.Join(err, readErr)
}

// sessionKinds are the kinds of records that are shown.
var sessionKinds = []record.Kind{
	record.KindCall, record.KindRegistration, record.KindSubscription, record.KindPublication, record.KindMessage, record.KindTransaction,
}

// storedFailures looks in stores for the failures of sessions.
func (s *Showing) storedFailures(ctx context.Context, chosen []record.Record, found *finding) error {
	_, stores, _ := split(s.Inputs)
	if len(stores) == 0 {
		return nil
	}
	var of choose.Query
	for _, r := range chosen {
		if id := r.Head().CallID; id != "" && !strings.Contains(id, "*") {
			of.CallID = append(of.CallID, id)
		}
	}
	if len(of.CallID) == 0 {
		return nil
	}
	choice, err := of.Compile()
	if err != nil {
		return err
	}
	return search(ctx, stores, store.Query{Choice: choice, Kinds: []record.Kind{record.KindFailure}}, found.take)
}

// Draw draws the ladder of one session that Records has delivered, from the messages in the captures, which are read once more; of the record,
// where there are none. failures are the failures with its Call-ID.
func Draw(ctx context.Context, s Showing, r record.Record, failures []record.Record) (*ladder.Ladder, error) {
	shown, err := s.draw(ctx, []record.Record{r}, map[string][]record.Record{r.Head().CallID: failures})
	return shown[0].Ladder, err
}

// draw draws the ladders of sessions. failures are by Call-ID.
func (s *Showing) draw(ctx context.Context, chosen []record.Record, failures map[string][]record.Record) (shown []Shown, err error) {
	all, err := s.messages(ctx, chosen)
	for _, r := range chosen {
		in := &ladder.Input{Record: r, Related: failures[r.Head().CallID], ShowText: s.Config.Session.MessageText}
		for i := range all {
			if m := &all[i]; s.isOf(r, m) {
				in.Messages = append(in.Messages, *m)
			}
		}
		l := ladder.OfHops(r, in.Related)
		if len(in.Messages) > 0 {
			l = ladder.Build(in)
		}
		if s.Config.Privacy.Hides() {
			l.Remarks = append(l.Remarks, "privacy hides what the record holds, and the messages would show it")
		}
		shown = append(shown, Shown{Record: r, Ladder: l})
	}
	return shown, err
}

// finding gathers the sessions that match.
type finding struct {
	wanted   func(record.Record) bool
	matched  int
	kept     []record.Record
	failures map[string][]record.Record // by Call-ID
	failed   int
}

// take takes one record.
func (f *finding) take(r record.Record) error {
	switch r.Kind() {
	case record.KindAlert, record.KindStats, record.KindTLS:
		return nil
	case record.KindFailure:
		if f.failed < maxFailures {
			f.failed++
			callID := r.Head().CallID
			f.failures[callID] = append(f.failures[callID], r)
		}
		return nil
	}
	if !f.wanted(r) {
		return nil
	}
	f.matched++
	f.kept = append(f.kept, r)
	if len(f.kept) > 4*maxShown { // of all that match, those that begin first
		f.kept = f.first(maxShown)
	}
	return nil
}

// first returns those that begin first.
func (f *finding) first(n int) []record.Record {
	slices.SortStableFunc(f.kept, func(a, b record.Record) int { return cmp.Compare(a.Head().Start, b.Head().Start) })
	return f.kept[:min(n, len(f.kept))]
}

// sessions returns what is to be shown. Of the sessions of one Call-ID a call is looked for rather than what happens in it.
func (f *finding) sessions(all bool) []record.Record {
	kept := f.first(maxShown)
	if all || len(kept) == 0 {
		return kept
	}
	first := kept[0]
	for _, r := range kept {
		if r.Kind() == record.KindCall && r.Head().CallID == first.Head().CallID {
			first = r
			break
		}
	}
	return []record.Record{afterChallenge(first, kept)}
}

// afterChallenge returns the call that tried again after a challenge, where it is among those found: it shows both tries.
func afterChallenge(r record.Record, kept []record.Record) record.Record {
	c, ok := r.(*record.Call)
	if !ok || c.Disposition != record.Challenged {
		return r
	}
	for _, l := range c.Related {
		for _, other := range kept {
			if l.Relation == correlate.RelationChallengedRetry && other.Kind() == record.KindCall && other.Head().CallID == l.CallID {
				return other
			}
		}
	}
	return r
}

// legs returns the Call-IDs that belong to a session, its own first.
func (s *Showing) legs(r record.Record) []string {
	legs := []string{r.Head().CallID}
	call, ok := r.(*record.Call)
	if !ok || s.Unlinked {
		return legs
	}
	for _, l := range call.Related {
		if len(legs) <= maxLegs && !slices.Contains(legs, l.CallID) {
			legs = append(legs, l.CallID)
		}
	}
	return legs
}

// isOf reports whether a message belongs to a session. Of what is one request, such as a registration, a Call-ID holds many, one after the
// other: there the time decides.
func (s *Showing) isOf(r record.Record, m *ladder.Message) bool {
	if !slices.Contains(s.legs(r), m.CallID) {
		return false
	}
	h := r.Head()
	switch r.Kind() {
	case record.KindCall, record.KindSubscription:
		return true
	}
	untimed := h.Confidence.Flags&(record.NoTimes|record.ClockStep) != 0 || h.Start == 0
	return untimed || h.Start <= m.Time && m.Time <= h.End
}

// messages reads the messages of all legs of some sessions. There are none where privacy hides what records hold, because the
// messages would show it, and of standard input, which is read once.
func (s *Showing) messages(ctx context.Context, chosen []record.Record) (all []ladder.Message, err error) {
	captures := Captures(s.Inputs)
	if s.Config.Privacy.Hides() || slices.Contains(captures, pcapfile.Stdin) {
		return nil, nil
	}
	ids := map[string]bool{}
	for _, r := range chosen {
		for _, id := range s.legs(r) {
			ids[id] = true
		}
	}
	room := maxShownBytes
	err = Messages(ctx, s.Looking, ids, func(m messages.Message) error {
		if room -= len(m.Bytes); room >= 0 && !m.Copy {
			all = append(all, drawn(&m, len(captures) == 1))
		}
		return nil
	})
	return all, err
}

// drawn returns a message as ladders take it. numbered is whether the numbers of its frames are clear: there is one input.
func drawn(m *messages.Message, numbered bool) ladder.Message {
	out := ladder.Message{
		Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport.String(), CallID: m.CallID, Raw: m.Bytes,
		Cut: m.Flags&record.Truncated != 0,
	}
	for _, p := range m.Packets {
		if numbered && !p.Copy {
			out.Frames = append(out.Frames, int(p.Number))
		}
	}
	return out
}
