package app

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sipspan/capture"
	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
	"sipspan/record"
)

// Extracting holds what a command that copies the frames of sessions is built from.
type Extracting struct {
	Looking
	Wanted  func(record.Record) bool
	Related bool // also the other legs of the conversations
	Output  io.Writer
}

// Extracted is what was copied.
type Extracted struct {
	Records  int // that matched
	Messages int
	Frames   int
}

// Extract finds the records that are wanted, and copies the frames of their messages, unchanged and in the order of their times, to Output as
// pcapng. Of a connection all segments are copied up to the last message, because its stream can only then be put together without a gap, and
// those that end it: what it carries of other sessions is copied with them. What could not be read is in the error, and
// what could be read is copied nevertheless. Nothing is written where nothing matches.
func Extract(ctx context.Context, x Extracting) (Extracted, error) {
	stored, captures := split(x.Inputs)
	switch {
	case len(captures) == 0 && len(stored) > 0:
		return Extracted{}, errors.New("record files hold no packets: name the captures that they were made from")
	case x.Config.Privacy.Hides():
		return Extracted{}, errors.New("privacy hides in records what packets would show: extract with a configuration without it")
	case slices.Contains(captures, pcapfile.Stdin):
		return Extracted{}, ErrReadOnce
	}
	x.Inputs = captures
	e := &extraction{
		related: x.Related, wanted: x.Wanted, notes: map[string]*note{}, chosen: map[string]bool{}, frames: map[frameOf][]string{},
		connections: map[ends]int64{},
	}
	e.packet.Tunnels = uint8(min(x.Config.Capture.MaxTunnels, packet.MaxTunnels))
	err := Records(ctx, x.Looking, e.take)
	if len(e.chosen) == 0 {
		return e.done, err
	}
	l := x.Looking
	if failed := Messages(ctx, l, e.chosen, e.message); failed != nil {
		return e.done, errors.Join(err, failed)
	}
	e.finish()
	return e.done, errors.Join(err, e.copy(ctx, l, x.Output))
}

// extraction is one Extract.
type extraction struct {
	related     bool
	wanted      func(record.Record) bool
	notes       map[string]*note // by Call-ID
	chosen      map[string]bool
	frames      map[frameOf][]string // what to copy, with comments
	connections map[ends]int64       // time of the last message
	packet      packet.Packet
	done        Extracted
}

// frameOf names a frame.
type frameOf struct {
	input  int
	number uint64
}

// ends are the two ends of a connection, the lower one first.
type ends struct{ low, high netip.AddrPort }

func endsOf(a, b netip.AddrPort) ends {
	if b.Compare(a) < 0 {
		return ends{b, a}
	}
	return ends{a, b}
}

// note is what is written beside the messages of a Call-ID.
type note struct {
	records []string
	status  int    // of the message that shows the failure, 0 where none does
	cause   string // what is written beside that
	first   *frameOf
}

// take takes a record.
func (e *extraction) take(r record.Record) error {
	h := r.Head()
	if h.CallID == "" || !e.wanted(r) {
		return nil
	}
	e.done.Records++
	e.chosen[h.CallID] = true
	n := e.notes[h.CallID]
	if n == nil {
		n = new(note)
		e.notes[h.CallID] = n
	}
	n.records = append(n.records, r.Kind().String()+" "+h.ID)
	status, cause := failureOf(r)
	if cause != nil && n.cause == "" {
		n.status, n.cause = status, cause.Explanation
	}
	if call, ok := r.(*record.Call); ok && e.related {
		for _, link := range call.Related {
			e.chosen[link.CallID] = true
		}
	}
	return nil
}

// failureOf returns the final status and the cause of a record.
func failureOf(r record.Record) (int, *record.Cause) {
	switch r := r.(type) {
	case *record.Call:
		return r.Status, r.Cause
	case *record.Registration:
		return r.Status, r.Cause
	case *record.Subscription:
		return r.Status, r.Cause
	case *record.Publication:
		return r.Status, r.Cause
	case *record.Message:
		return r.Status, r.Cause
	case *record.Transaction:
		return r.Status, r.Cause
	case *record.Failure:
		return r.Status, r.Cause
	}
	return 0, nil
}

// message notes the frames of a message.
func (e *extraction) message(m messages.Message) error {
	for _, p := range m.Packets {
		f := frameOf{p.Input, p.Number}
		if _, ok := e.frames[f]; !ok {
			e.frames[f] = nil
		}
	}
	if m.Copy || len(m.Packets) == 0 {
		return nil
	}
	e.done.Messages++
	switch m.Transport {
	case wire.TCP, wire.TLS, wire.WS, wire.WSS:
		key := endsOf(m.Src, m.Dst)
		e.connections[key] = max(e.connections[key], m.Time)
	}
	n := e.notes[m.CallID[:min(len(m.CallID), wire.MaxText)]]
	if n == nil {
		return nil
	}
	last := m.Packets[len(m.Packets)-1]
	f := frameOf{last.Input, last.Number}
	for _, r := range n.records {
		e.comment(f, "sipspan: "+r)
	}
	n.records = nil
	if n.cause != "" && n.status != 0 && strings.HasPrefix(string(m.Bytes), "SIP/2.0 "+strconv.Itoa(n.status)+" ") {
		e.comment(f, "sipspan: "+n.cause)
		n.cause = ""
	}
	if n.first == nil {
		n.first = &f
	}
	return nil
}

// comment adds a comment to a frame.
func (e *extraction) comment(f frameOf, text string) { e.frames[f] = append(e.frames[f], text) }

// finish writes the causes that no message shows beside the first message.
func (e *extraction) finish() {
	for _, n := range e.notes {
		if n.cause != "" && n.first != nil {
			e.comment(*n.first, "sipspan: "+n.cause)
		}
	}
	for _, comments := range e.frames {
		slices.Sort(comments)
	}
}

// copy copies the frames.
func (e *extraction) copy(ctx context.Context, l Looking, to io.Writer) error {
	paths, _ := pcapfile.Expand(l.Inputs)
	source, err := pcapfile.Open(paths, pcapfile.Options{Filter: l.Filter, Compile: live.CompileFilter, Zone: l.Zone})
	if err != nil {
		return err
	}
	defer source.Close()
	out := pcapwrite.NewAnnotated(to)
	described := map[place]int{}
	var f capture.Frame
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		comments, wanted := e.frames[frameOf{int(f.Input), f.Number}]
		if !wanted && !e.belongs(&f) {
			continue
		}
		at := place{f.Input, f.Interface, f.Link}
		iface, ok := described[at]
		if !ok {
			iface = out.Interface(interfaceName(source, f.Interface), pcapwrite.Link(f.Link), 0)
			described[at] = iface
		}
		out.Frame(iface, max(f.Time, 0), f.Data, f.Length, comments...)
		e.done.Frames++
	}
	return out.Flush()
}

// place is where a frame was captured.
type place struct {
	input uint32
	iface int
	link  capture.LinkType
}

// interfaceName returns the name of an interface: the one that the capture gives it, or the base name of its file.
func interfaceName(source *pcapfile.Files, index int) string {
	if all := source.Stats(); index < len(all) {
		return filepath.Base(all[index].Name)
	}
	return ""
}

// belongs reports whether a frame holds a segment of a connection with chosen messages, up to the last of them or from its end.
func (e *extraction) belongs(f *capture.Frame) bool {
	if len(e.connections) == 0 || e.packet.Walk(uint16(f.Link), f.Data) != packet.VerdictTCP {
		return false
	}
	last, ok := e.connections[endsOf(e.packet.Src, e.packet.Dst)]
	return ok && (f.Time <= last || len(e.packet.Payload) == 0)
}
