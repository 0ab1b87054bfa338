package history

import (
	"context"
	"errors"

	"sipspan/exporters/notify/pcap"
	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/view/ladder"
)

const (
	// maxMessages is how many messages of one session are read.
	maxMessages = 5000
	// maxBytes is how long they are together.
	maxBytes = 16 << 20
)

// ErrNoMessages is that a session has a record alone.
var ErrNoMessages = errors.New("the messages of it are not kept: exporters.store.messages keeps those that are captured from then on")

// Messages returns the messages of a session and of the calls that it is related to, in the order of their times. doubt says why some are missing. There are none where
// the store keeps no messages.
func (h *History) Messages(ctx context.Context, r record.Record) (all []store.Message, doubt string, err error) {
	wanted := store.Wanted{CallIDs: map[string]bool{}}
	for _, id := range legs(r) {
		wanted.CallIDs[id] = true
	}
	if len(wanted.CallIDs) == 0 {
		return nil, "", nil
	}
	full := errors.New("too many")
	room, l := maxBytes, &List{}
	late, err := h.run(ctx, func(ctx context.Context) error {
		err := store.Messages(ctx, h.folder, wanted, func(m store.Message) error {
			if !isOf(r, &m) {
				return nil
			}
			if room -= len(m.Raw); room < 0 || len(all) == maxMessages {
				l.Doubt = "there are more messages than are shown"
				return full
			}
			m.Raw = append([]byte(nil), m.Raw...)
			all = append(all, m)
			return nil
		})
		if errors.Is(err, full) {
			return nil
		}
		return err
	})
	if err := l.doubt(late, err, h.most); err != nil {
		return nil, "", err
	}
	return all, l.Doubt, nil
}

// isOf reports whether a message belongs to a session. Of what is one request, such as a registration, a Call-ID holds many, one after the other: there the time
// decides.
func isOf(r record.Record, m *store.Message) bool {
	h := r.Head()
	switch r.Kind() {
	case record.KindCall, record.KindSubscription:
		return true
	}
	untimed := h.Confidence.Flags&(record.NoTimes|record.ClockStep) != 0 || h.Start == 0
	return untimed || h.Start <= m.Time && m.Time <= h.End
}

// Ladder returns the ladder of a session: of its messages, and of the record where they are not kept. showText shows what persons wrote in a MESSAGE.
func (s *Session) Ladder(messages []store.Message, showText bool) *ladder.Ladder {
	if len(messages) == 0 {
		return ladder.OfHops(s.Record, s.Failures())
	}
	in := &ladder.Input{Record: s.Record, Related: s.Failures(), ShowText: showText}
	for _, m := range messages {
		in.Messages = append(in.Messages, ladder.Message{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport.String(), CallID: m.CallID, Raw: m.Raw, Cut: m.Flags&record.Truncated != 0,
		})
	}
	return ladder.Build(in)
}

// Packets returns messages as package pcap writes them.
func Packets(messages []store.Message) (all []pcap.Message) {
	for _, m := range messages {
		all = append(all, pcap.Message{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Cut: m.Flags&record.Truncated != 0, Raw: m.Raw,
		})
	}
	return all
}
