package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"sipspan/config"
	"sipspan/internal/app"
	"sipspan/internal/dev/sipgen"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
	"sipspan/record"
)

// template is a call of the generated capture.
type template struct {
	call     *record.Call
	messages []messages.Message
}

// templates generates a capture of so many messages and returns its calls.
func templates(ctx context.Context, folder string, size int) ([]template, error) {
	path := filepath.Join(folder, "templates.pcap")
	if err := writeCapture(path, size); err != nil {
		return nil, err
	}
	defer os.Remove(path)
	looking := app.Looking{Config: config.Default(), Log: slog.New(slog.DiscardHandler), Inputs: []string{path}}
	var all []template
	of, chosen := map[string]int{}, map[string]bool{}
	err := app.Records(ctx, looking, func(r record.Record) error {
		c, ok := r.(*record.Call)
		if ok && !chosen[c.CallID] && c.Disposition != record.InProgress {
			of[c.CallID], chosen[c.CallID] = len(all), true
			all = append(all, template{call: c})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = app.Messages(ctx, looking, chosen, func(m messages.Message) error {
		if !m.Copy {
			t := &all[of[m.CallID]]
			t.messages = append(t.messages, m)
		}
		return nil
	})
	return all, err
}

func writeCapture(path string, size int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	load := sipgen.Workloads()["udp"]
	load.Messages, load.Rate, load.Calls = size, 50, 1
	if _, err := load.WriteCapture(f); err != nil {
		return err
	}
	return f.Close()
}

// calls makes calls out of templates.
type calls struct {
	templates []template
	begin     int64 // Unix nanoseconds
	apart     int64 // between the beginnings of two calls
	raw       []byte
}

// callIDOf returns the Call-ID of the nth call, which has nothing in common with that of the next one.
func callIDOf(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	return fmt.Sprintf("%016x%016x@192.0.2.10", r.Uint64(), r.Uint64())
}

// numberOf returns the number of the caller of the nth call. One number makes some twenty calls among ten million.
func numberOf(n int) string {
	return fmt.Sprintf("+4930%07d", binary.LittleEndian.Uint32([]byte{byte(n * 7), byte(n >> 8 * 13), byte(n >> 16), byte(n)})%1_000_003+1_000_000)
}

// call returns the record of the nth call.
func (c *calls) call(n int) *record.Call {
	t := c.templates[n%len(c.templates)].call
	r := *t
	moved := c.begin + int64(n)*c.apart - t.Start
	r.Start, r.End = t.Start+moved, t.End+moved
	r.CallID = callIDOf(n)
	r.ID = r.CallID[:16]
	r.From.URI = withUser(t.From.URI, numberOf(n))
	r.RequestURI = withUser(t.RequestURI, numberOf(n+1_000_003))
	r.To.URI = withUser(t.To.URI, numberOf(n+1_000_003))
	return &r
}

func withUser(uri, user string) string {
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok {
		return uri
	}
	_, host, _ := strings.Cut(rest, "@")
	return scheme + ":" + user + "@" + host
}

// messages gives the messages of the nth call to take.
func (c *calls) messages(n int, take func(m *wire.Meta, raw, correlation []byte)) (count int) {
	t := c.templates[n%len(c.templates)]
	id, moved := callIDOf(n), c.begin+int64(n)*c.apart-t.call.Start
	for i := range t.messages {
		m := &t.messages[i]
		c.raw = append(c.raw[:0], bytes.ReplaceAll(m.Bytes, []byte(m.CallID), []byte(id))...)
		take(&wire.Meta{Time: m.Time + moved, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Flags: m.Flags}, c.raw, nil)
	}
	return len(t.messages)
}
