package pipeline

import (
	"context"
	"io"
	"testing"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/record"
)

// fragmentSource plays fragments of which no datagram becomes whole. It takes down how many bytes of them its reader holds at the end.
type fragmentSource struct {
	floodSource
	reader int
	held   int
}

func (s *fragmentSource) Next(f *capture.Frame) error {
	if len(s.packets) == 0 && s.number >= s.want {
		s.held = s.behind.readers[s.reader].ingest.Snapshot().Fragments.Bytes
		return io.EOF
	}
	return s.floodSource.Next(f)
}

// TestInterfacesShareTheMemoryOfFragments floods three interfaces with fragments. The limit is one for all of them.
func TestInterfacesShareTheMemoryOfFragments(t *testing.T) {
	const limit = 3 << 20
	for _, flood := range sipgen.Floods() {
		if flood.Name != "fragments at high offsets" {
			continue
		}
		s := settings(1)
		s.Live = true
		s.Reassembly.Fragments.MaxBytes = limit
		var sources []Source
		var all []*fragmentSource
		for i := range 3 {
			source := &fragmentSource{floodSource: floodSource{flood: flood, want: 3000}, reader: i}
			sources, all = append(sources, source), append(all, source)
		}
		p := New(s, sources, func(record.Record) {})
		for _, source := range all {
			source.behind = p
		}
		if err := p.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		held := 0
		for _, source := range all {
			held += source.held
		}
		if held > limit || held < limit/2 {
			t.Errorf("%d bytes of fragments are held, want up to %d", held, limit)
		}
		return
	}
	t.Error("no such flood")
}
