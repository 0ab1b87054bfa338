package record_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", path, diff)
	}
}

func lines(records []record.Record) []byte {
	var b []byte
	for _, r := range records {
		b = append(r.AppendJSON(b), '\n')
	}
	return b
}

func TestAppendJSON(t *testing.T) {
	golden(t, "testdata/full.jsonl", lines(full()))
	golden(t, "testdata/bare.jsonl", lines(bare()))
}

func TestAppendJSONIsJSON(t *testing.T) {
	for _, r := range append(full(), bare()...) {
		var object map[string]any
		if err := json.Unmarshal(r.AppendJSON(nil), &object); err != nil {
			t.Errorf("%v: %v", r.Kind(), err)
			continue
		}
		if object["record"] != r.Kind().String() || object["version"] != 1.0 {
			t.Errorf("%v: begins with %v %v", r.Kind(), object["record"], object["version"])
		}
		noEmpty(t, r.Kind().String(), object)
	}
}

// noEmpty checks that what is unknown is absent: no empty text and no null.
func noEmpty(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", path)
	case string:
		if v == "" {
			t.Errorf("%s is empty", path)
		}
	case []any:
		for _, e := range v {
			noEmpty(t, path+"[]", e)
		}
	case map[string]any:
		for name, e := range v {
			noEmpty(t, path+"."+name, e)
		}
	}
}

func TestAppendJSONKeepsDst(t *testing.T) {
	for _, r := range full() {
		got := r.AppendJSON([]byte("before,"))
		if want := append([]byte("before,"), r.AppendJSON(nil)...); !bytes.Equal(got, want) {
			t.Errorf("%v: got %s", r.Kind(), got)
		}
	}
}

func TestAppendJSONAllocations(t *testing.T) {
	dst := make([]byte, 0, 64<<10)
	for _, r := range append(full(), bare()...) {
		if n := testing.AllocsPerRun(100, func() { dst = r.AppendJSON(dst[:0]) }); n != 0 {
			t.Errorf("%v: %v allocations", r.Kind(), n)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	dst := make([]byte, 0, 64<<10)
	for _, r := range full() {
		b.Run(r.Kind().String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(r.AppendJSON(dst[:0]))))
			for b.Loop() {
				dst = r.AppendJSON(dst[:0])
			}
		})
	}
}
