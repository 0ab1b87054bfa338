package jsonl_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"sipspan/exporters"
	"sipspan/exporters/jsonl"
	"sipspan/record"
)

// writes remembers every write by itself.
type writes struct {
	blocks [][]byte
	fail   error
}

func (w *writes) Write(b []byte) (int, error) {
	if w.fail != nil {
		return 0, w.fail
	}
	w.blocks = append(w.blocks, bytes.Clone(b))
	return len(b), nil
}

func call(i int) record.Record {
	return &record.Call{Header: record.Header{ID: fmt.Sprint(i), CallID: "line\nbreak\xff"}}
}

func TestStreamWritesWholeLines(t *testing.T) {
	out := &writes{}
	s := jsonl.NewStream(out)
	const n = 5000
	for i := range n {
		if err := s.Export(call(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(out.blocks) < 2 || len(out.blocks) > n/50 {
		t.Errorf("%d records in %d writes", n, len(out.blocks))
	}
	i := 0
	for _, block := range out.blocks {
		if block[len(block)-1] != '\n' {
			t.Fatal("a write ends in half a line")
		}
		lines := bufio.NewScanner(bytes.NewReader(block))
		for ; lines.Scan(); i++ {
			var got struct{ ID string }
			if err := json.Unmarshal(lines.Bytes(), &got); err != nil || got.ID != fmt.Sprint(i) {
				t.Fatalf("line %d: %v: %s", i, err, lines.Bytes())
			}
		}
	}
	if i != n {
		t.Errorf("%d lines", i)
	}
}

func TestStreamFlush(t *testing.T) {
	out := &writes{}
	s := jsonl.NewStream(out)
	if err := errors.Join(s.Flush(), s.Export(call(1)), s.Flush(), s.Flush(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if len(out.blocks) != 1 {
		t.Errorf("%d writes of one line", len(out.blocks))
	}
}

func TestStreamThatBroke(t *testing.T) {
	broken := errors.New("broken pipe")
	s := jsonl.NewStream(&writes{fail: broken})
	if err := errors.Join(s.Export(call(1)), s.Export(call(2))); err != nil {
		t.Fatal(err)
	}
	var loss *exporters.LossError
	if err := s.Flush(); !errors.As(err, &loss) || loss.Records != 2 || !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if err := s.Export(call(3)); err != broken {
		t.Errorf("after it broke: %v", err)
	}
	if err := s.Close(); err != nil { // all losses have been told
		t.Errorf("Close: %v", err)
	}
}

func TestFormat(t *testing.T) {
	var f jsonl.Format
	if got := f.AppendHeader([]byte("x"), record.KindCall); string(got) != "x" {
		t.Errorf("header %q", got)
	}
	line := f.AppendRecord(nil, call(1))
	if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' || f.Extension() != "jsonl" {
		t.Errorf("%q", line)
	}
}

func TestFormatAllocations(t *testing.T) {
	var f jsonl.Format
	r, dst := call(1), make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { dst = f.AppendRecord(dst[:0], r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
