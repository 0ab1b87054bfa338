package extract

import (
	"context"
	"errors"
	"hash/maphash"

	"sipspan/exporters/notify/pcap"
	"sipspan/internal/app"
	"sipspan/pipeline/messages"
	"sipspan/record"
)

// errNoMessages is what extracting from a store fails with that has the records alone.
var errNoMessages = errors.New("the store holds no message of what matches: exporters.store.messages keeps those that are captured from then on")

// madeAnew is the comment on every message that comes from a store.
const madeAnew = "sipspan: from a store; the headers of the packets are made anew, with the addresses, ports and time of the message"

var contentSeed = maphash.MakeSeed()

// frameOfStored names a message of a store, which has no frame, by its time and its content.
func frameOfStored(m *messages.Message) frameOf {
	return frameOf{int(maphash.Bytes(contentSeed, m.Bytes) >> 1), uint64(m.Time)}
}

// storedMessage notes a message of a store.
func (s *selection) storedMessage(m messages.Message) error {
	f := frameOfStored(&m)
	m.Packets = []messages.Packet{{Input: f.input, Number: f.number}}
	return s.message(m)
}

// writeStored reads the messages once more and writes them. A stream has segments and a handshake of its own.
func (s *selection) writeStored(ctx context.Context) error {
	out := pcap.NewWriter(s.wanted.Output)
	err := app.Messages(ctx, s.wanted.Looking, s.chosen, func(m messages.Message) error {
		comments := append([]string{madeAnew + captured(m.Place)}, s.frames[frameOfStored(&m)]...)
		out.Message(&pcap.Message{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Cut: m.Flags&record.Truncated != 0, Raw: m.Bytes,
		}, comments...)
		return nil
	})
	s.done.Frames = out.Frames()
	return errors.Join(err, out.Flush())
}

// captured returns where a message was captured as the end of a sentence, nothing for the one plain interface.
func captured(at *record.Capture) (text string) {
	if at == nil {
		return ""
	}
	for _, part := range [...]struct{ what, value string }{
		{"interface", at.Interface}, {"tunnel", at.Tunnel}, {"from", at.OuterSrc}, {"to", at.OuterDst}, {"agent", at.Node},
	} {
		if part.value != "" {
			text += ", " + part.what + " " + part.value
		}
	}
	return text
}
