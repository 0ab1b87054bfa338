package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/exporters/store"
	"sipspan/pipeline/messages"
	"sipspan/reassembly/tls"
)

// ErrReadOnce is what Messages returns for standard input: the records have taken all that came.
var ErrReadOnce = errors.New("the messages of a call are read from the capture once more, which is not possible for standard input")

// Messages delivers the SIP messages of the chosen Call-IDs: those in the captures and trace logs among the inputs, which are read once more, in the order of
// their times, as messages.Read does; then those of Call-IDs that no capture holds, from the stores among the inputs, which have no Packets. A capture that
// cannot be read, or not to its end, is no error here: whoever made the records of the same inputs has reported it. A Call-ID counts up to wire.MaxText
// bytes, as in records. Message.Packets number the inputs by the order of Captures.
func Messages(ctx context.Context, l Looking, chosen map[string]bool, deliver func(messages.Message) error) error {
	missing := maps.Clone(chosen)
	err := captured(ctx, l, chosen, func(m messages.Message) error {
		delete(missing, m.CallID)
		return deliver(m)
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return stored(ctx, l, missing, deliver)
}

// captured delivers what is in captures.
func captured(ctx context.Context, l Looking, chosen map[string]bool, deliver func(messages.Message) error) error {
	paths := Captures(l.Inputs)
	if slices.Contains(paths, pcapfile.Stdin) {
		return ErrReadOnce
	}
	if len(paths) == 0 {
		return nil
	}
	keys, err := Secrets(l)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	o := pcapfile.Options{Filter: l.Filter, Compile: live.CompileFilter, Zone: l.Zone, Date: l.Date, Secrets: func(log []byte) { keys.AddLog(log) }}
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
	s := messages.Settings{
		Reassembly: c.Reassembly, TLS: c.TLS, Keys: keys, KeepCopies: !c.Capture.Deduplicate, MaxTunnels: c.Capture.MaxTunnels, HEP: l.HEP,
	}
	of := func(callID []byte) bool { return chosen[string(callID)] }
	return messages.Read(ctx, s, source, of, deliver)
}

// stored delivers what is in stores.
func stored(ctx context.Context, l Looking, chosen map[string]bool, deliver func(messages.Message) error) error {
	_, stores, _ := split(l.Inputs)
	var ended error
	var errs []error
	for _, path := range stores {
		look := store.Messages
		if store.IsPart(path) {
			look = store.MessagesOfPart
		}
		err := look(ctx, path, store.Wanted{CallIDs: chosen}, func(m store.Message) error {
			ended = deliver(messages.Message{
				Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Flags: m.Flags, Place: m.Place, CallID: m.CallID, Bytes: m.Raw,
			})
			return ended
		})
		if ended != nil || ctx.Err() != nil {
			return errors.Join(ended, ctx.Err())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(errs...)
}

// Captures returns the files with packets and trace logs among the inputs, in the order in which they are numbered.
func Captures(inputs []string) []string {
	_, _, captures := split(inputs)
	paths, _ := pcapfile.Expand(captures)
	return paths
}

// HoldRecords reports whether there are record files or stores among the inputs.
func HoldRecords(inputs []string) bool {
	stored, stores, _ := split(inputs)
	return len(stored)+len(stores) > 0
}

// HoldStores reports whether there are stores among the inputs.
func HoldStores(inputs []string) bool {
	_, stores, _ := split(inputs)
	return len(stores) > 0
}

// Secrets returns the secrets of the configuration. Whoever calls it wipes them.
func Secrets(l Looking) (*tls.Keys, error) {
	r := run{config: l.Config, log: l.Log}
	err := r.openSecrets()
	if err == nil {
		err = r.secrets.load()
	}
	if err != nil {
		r.secrets.keys.Wipe()
		return nil, err
	}
	return r.secrets.keys, nil
}
