package extract

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"sipspan/capture"
	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/app"
	"sipspan/internal/packet"
	"sipspan/reassembly/tls"
)

// copying copies the frames of a selection.
type copying struct {
	*selection
	source     *pcapfile.Files
	out        *pcapwrite.Annotated
	known      map[place]int // interfaces that are described
	packet     packet.Packet
	datagrams  datagrams
	fragmented int               // how many there are
	keys       *tls.Keys         // nil: secrets are left out
	awaits     map[[32]byte]bool // client randoms of connections whose secrets have not come yet
	written    map[[32]byte]bool // and of those whose secrets were written
	frame      capture.Frame
}

func newCopying(ctx context.Context, w *Wanted, s *selection, captures []string) (*copying, error) {
	c := &copying{selection: s, known: map[place]int{}, datagrams: datagrams{}, awaits: map[[32]byte]bool{}, written: map[[32]byte]bool{}}
	c.packet.Tunnels = uint8(min(w.Config.Capture.MaxTunnels, packet.MaxTunnels))
	o := pcapfile.Options{Filter: w.Filter, Compile: live.CompileFilter, Zone: w.Zone, Date: w.Date}
	if len(s.media) > 0 {
		if err := c.findDatagrams(ctx, captures, o); err != nil {
			return nil, err
		}
	}
	var err error
	if !w.NoKeys && len(s.connections) > 0 {
		if c.keys, err = app.Secrets(w.Looking); err != nil {
			return nil, err
		}
		o.Secrets = func(log []byte) { c.keys.AddLog(log) }
	}
	if c.source, err = pcapfile.Open(captures, o); err != nil {
		return nil, err
	}
	c.out = pcapwrite.NewAnnotated(w.Output)
	return c, nil
}

func (c *copying) run(ctx context.Context) error {
	defer c.source.Close()
	if c.keys != nil {
		defer c.keys.Wipe()
	}
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := c.source.Next(&c.frame); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		f := &c.frame
		comments, wanted := c.frames[frameOf{int(f.Input), f.Number}]
		if c.belongs() || wanted {
			c.out.Frame(c.iface(), max(f.Time, 0), f.Data, f.Length, f.Flags, comments...)
			c.done.Frames++
		}
	}
	c.late()
	return c.out.Flush()
}

// place is where a frame was captured.
type place struct {
	input uint32
	iface int
	link  capture.LinkType
}

// iface returns the number of the interface of the frame in hand.
func (c *copying) iface() int {
	f := &c.frame
	at := place{f.Input, f.Interface, f.Link}
	iface, ok := c.known[at]
	if !ok {
		iface = c.out.Interface(interfaceName(c.source, f.Interface), pcapwrite.Link(f.Link), 0)
		c.known[at] = iface
	}
	return iface
}

// interfaceName returns the name of an interface: the one that the capture gives it, or the base name of its file.
func interfaceName(source *pcapfile.Files, index int) string {
	if all := source.Stats(); index < len(all) {
		return filepath.Base(all[index].Name)
	}
	return ""
}

// belongs reports whether the frame in hand holds a segment of a connection with chosen messages, up to the last of them or from its
// end, or media of a session.
func (c *copying) belongs() bool {
	if len(c.connections) == 0 && len(c.media) == 0 {
		return false
	}
	f, p := &c.frame, &c.packet
	switch p.Walk(uint16(f.Link), f.Data) {
	case packet.VerdictTCP:
		last, ok := c.connections[endsOf(p.Src, p.Dst)]
		if !ok {
			return false
		}
		c.greeting()
		return f.Time <= last || len(p.Payload) == 0
	case packet.VerdictUDP:
		return c.media.holds(p.Src, p.Dst, f.Time)
	case packet.VerdictFragment:
		return c.datagrams.holds(&p.Fragment, f.Time)
	}
	return false
}
