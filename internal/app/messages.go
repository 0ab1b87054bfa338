package app

import (
	"context"
	"errors"
	"slices"

	"sipspan/capture/keylog"
	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
	"sipspan/reassembly/tls"
)

// ErrReadOnce is what Messages returns for standard input: the records have taken all that came.
var ErrReadOnce = errors.New("the messages of a call are read from the capture once more, which is not possible for standard input")

// Messages reads captures and trace logs, and delivers the SIP messages of the chosen Call-IDs in the order of their times, as
// messages.Read does. An input that cannot be read, or not to its end, is no error here: whoever made the records of the same
// inputs has reported it. A Call-ID counts up to wire.MaxText bytes, as in records. Message.Packets number the inputs by the order of
// pcapfile.Expand.
func Messages(ctx context.Context, l Looking, chosen map[string]bool, deliver func(messages.Message) error) error {
	if slices.Contains(l.Inputs, pcapfile.Stdin) {
		return ErrReadOnce
	}
	paths, _ := pcapfile.Expand(l.Inputs)
	if len(paths) == 0 {
		return nil
	}
	keys, err := readSecrets(l)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	o := pcapfile.Options{Filter: l.Filter, Compile: live.CompileFilter, Zone: l.Zone, Secrets: func(log []byte) { keys.AddLog(log) }}
	if l.Progress != nil {
		o.Progress = l.Progress.Update
		defer l.Progress.Clear()
	}
	source, err := pcapfile.Open(paths, o)
	if err != nil {
		return err
	}
	defer source.Close()
	c := &l.Config
	s := messages.Settings{Reassembly: c.Reassembly, TLS: c.TLS, Keys: keys, KeepCopies: !c.Capture.Deduplicate, MaxTunnels: c.Capture.MaxTunnels}
	of := func(callID []byte) bool { return chosen[string(callID[:min(len(callID), wire.MaxText)])] }
	return messages.Read(ctx, s, source, of, deliver)
}

// readSecrets returns the secrets of the configuration.
func readSecrets(l Looking) (*tls.Keys, error) {
	c := &l.Config.TLS
	keys := tls.NewKeys(c.MaxKeys)
	if err := keylog.AddPrivateKeys(c.PrivateKeys, keys); err != nil {
		return nil, err
	}
	if len(c.KeyLog) == 0 {
		return keys, nil
	}
	return keys, keylog.Follow(c.KeyLog, keys, l.Log).Load()
}
