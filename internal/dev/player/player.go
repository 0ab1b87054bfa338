// Package player plays the messages of a capture to a daemon, as a capture agent sends them in HEP.
package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"sipspan/config"
	"sipspan/decode/hep"
	"sipspan/internal/app"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
	"sipspan/record"
)

// players is how many play at the same time, each from another place of the capture on.
const players = 4

// Player holds the messages of a capture.
type Player struct {
	all []messages.Message
}

// Load reads the messages of a capture.
func Load(ctx context.Context, capture string) (*Player, error) {
	p := &Player{}
	l := app.Looking{Config: config.Default(), Log: slog.New(slog.DiscardHandler), Inputs: []string{capture}}
	ids := map[string]bool{}
	if err := app.Records(ctx, l, func(r record.Record) error { ids[r.Head().CallID] = true; return nil }); err != nil {
		return nil, err
	}
	err := app.Messages(ctx, l, ids, func(m messages.Message) error {
		if !m.Copy {
			p.all = append(p.all, m)
		}
		return nil
	})
	if err == nil && len(p.all) == 0 {
		err = fmt.Errorf("%s holds no SIP messages", capture)
	}
	return p, err
}

// Loop sends the messages to the UDP port of a daemon, over and over, until ctx ends. Pauses between them are no longer than longest.
func (p *Player) Loop(ctx context.Context, to string, longest time.Duration) error {
	conn, err := net.Dial("udp", to)
	if err != nil {
		return err
	}
	defer conn.Close()
	errs := make([]error, players)
	var playing sync.WaitGroup
	for i := range players {
		playing.Go(func() {
			for round, first := 0, i*len(p.all)/players; errs[i] == nil && ctx.Err() == nil; round, first = round+1, 0 {
				// The first round begins somewhere: what begins before is not sent, so that no call is without its beginning.
				errs[i] = p.once(ctx, conn, first, longest, fmt.Sprintf("-%d.%d.%d", time.Now().Unix(), i, round))
			}
		})
	}
	playing.Wait()
	return errors.Join(errs...)
}

// Once sends the messages to the UDP port of a daemon, as they are but for the times: pauses are no longer than longest.
func (p *Player) Once(ctx context.Context, to string, longest time.Duration) error {
	conn, err := net.Dial("udp", to)
	if err != nil {
		return err
	}
	defer conn.Close()
	return p.once(ctx, conn, 0, longest, "")
}

// once sends the messages of the Call-IDs that begin with message number first or later. Their Call-IDs get an ending that no other round has.
func (p *Player) once(ctx context.Context, conn net.Conn, first int, longest time.Duration, ending string) error {
	before := map[string]bool{}
	for _, m := range p.all[:first] {
		before[m.CallID] = true
	}
	var names []string
	for _, m := range p.all {
		names = append(names, m.CallID, m.CallID+ending, strings.ReplaceAll(m.CallID, "@", "%40"), strings.ReplaceAll(m.CallID+ending, "@", "%40"))
	}
	rename := strings.NewReplacer(names...)
	wait := time.NewTimer(0)
	defer wait.Stop()
	for i, m := range p.all {
		if before[m.CallID] {
			continue
		}
		pause := time.Duration(0)
		if i > first {
			pause = min(time.Duration(m.Time-p.all[i-1].Time), longest)
		}
		wait.Reset(pause)
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		if err := send(conn, &m, rename); err != nil {
			return err
		}
	}
	return nil
}

// send sends one message as a capture agent does.
func send(conn net.Conn, m *messages.Message, rename *strings.Replacer) error {
	head, body, whole := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
	payload := []byte(rename.Replace(string(head)))
	if whole {
		payload = append(append(payload, "\r\n\r\n"...), body...)
	}
	p := hep.Packet{
		Version: 3, Protocol: hep.SIP, IPProtocol: 17, Src: m.Src, Dst: m.Dst, Time: time.Now().UnixNano(), Payload: payload,
		HasDetails: true, Details: hep.Details{Transport: uint8(m.Transport)},
	}
	if m.Transport != wire.UDP {
		p.IPProtocol = 6
	}
	packet, ok := hep.Append(nil, &p)
	if !ok {
		return nil // a message that does not fit into a packet
	}
	_, err := conn.Write(packet)
	return err
}
