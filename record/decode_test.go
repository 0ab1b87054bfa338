package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/record"
)

// written are the fields of a record that JSON holds.
var written = cmp.Options{
	cmpopts.IgnoreFields(record.Elapsed{}, "From"),
	cmpopts.IgnoreFields(record.Call{}, "Holds", "Tries", "Dialogs", "ByeStatus", "PeerLegs", "ByeRefused", "ByeWait"),
	cmpopts.IgnoreFields(record.Registration{}, "Tries"),
	cmpopts.IgnoreFields(record.Failure{}, "Event"),
	cmpopts.EquateNaNs(),
}

func TestDecodeReadsEveryField(t *testing.T) {
	for _, r := range append(full(), bare()...) {
		got, err := record.Decode(r.AppendJSON(nil))
		if err != nil {
			t.Errorf("%v: %v", r.Kind(), err)
			continue
		}
		if stats, ok := got.(*record.Stats); ok { // written in nanoseconds
			stats.ElapsedMS = r.(*record.Stats).ElapsedMS
		}
		if diff := cmp.Diff(r, got, written); diff != "" {
			t.Errorf("%v: -written +read:\n%s", r.Kind(), diff)
		}
	}
}

// expected returns the records that the tests of the program expect, one a line, by the file that holds them.
func expected(t testing.TB) map[string][][]byte {
	t.Helper()
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	all := map[string][][]byte{}
	for _, file := range append(files, "testdata/full.jsonl", "testdata/bare.jsonl") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if archive := txtar.Parse(text); len(archive.Files) > 0 {
			text = archive.Files[len(archive.Files)-1].Data
		}
		for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
			var spread json.RawMessage
			var line bytes.Buffer
			if err := errors.Join(d.Decode(&spread), json.Compact(&line, spread)); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			all[file] = append(all[file], line.Bytes())
		}
	}
	return all
}

func TestDecodeEveryGoldenRecord(t *testing.T) {
	var kinds [record.NumKinds]int
	for file, lines := range expected(t) {
		for _, line := range lines {
			r, err := record.Decode(line)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			kinds[r.Kind()]++
			if diff := cmp.Diff(string(line), string(r.AppendJSON(nil))); diff != "" {
				t.Errorf("%s: -written +read and written again:\n%s", file, diff)
			}
		}
	}
	for k, n := range kinds {
		if n == 0 {
			t.Errorf("no %v was read", record.Kind(k))
		}
	}
}

func TestDecodeText(t *testing.T) {
	for _, s := range wireTexts {
		r, err := record.Decode((&record.Call{RequestURI: s, Services: []string{s}}).AppendJSON(nil))
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if call := r.(*record.Call); call.RequestURI != s || call.Services[0] != s {
			t.Errorf("%q came back as %q and %q", s, call.RequestURI, call.Services[0])
		}
	}
}

// TestDecodeOtherForms reads what this program does not write and may meet: white space, another order of members, escapes,
// null, and members of a later version.
func TestDecodeOtherForms(t *testing.T) {
	const line = " { \"later\" : [ { \"a\" : \"}\\\"\" } , 1 ] , \"status\" : 486 , \"hops\":[ {\"new\":null,\"dst\":\"b\"} , {\"src\" : \"a\"} ], " +
		"\"reason\":\"B\\u0075sy\", \"cause\":null, \"setup_ms\":12.3456785e2, \"call_\\u0069d\":\"x\", \"version\":1,\"record\":\"call\"} \n"
	got, err := record.Decode([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	want := &record.Call{
		Header: record.Header{CallID: "x"}, Status: 486, Reason: "Busy", Setup: ms(1234567850), Hops: []record.Hop{{Dst: "b"}, {Src: "a"}},
	}
	if diff := cmp.Diff(record.Record(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDecodeOwnsItsMemory(t *testing.T) {
	for _, r := range full() {
		line := r.AppendJSON(nil)
		want := bytes.Clone(line)
		got, err := record.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		clear(line)
		if again := got.AppendJSON(nil); !bytes.Equal(again, want) {
			t.Errorf("%v changed with the line it was read from: %s", r.Kind(), again)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	const call, alert = `{"record":"call","version":1,`, `{"record":"alert","version":1,`
	for line, want := range map[string]record.DecodeError{
		``:                                       {Offset: 0, Text: "unexpected end of JSON input"},
		`{"record":"call"`:                       {Offset: 16, Text: "unexpected end of JSON input"},
		`{"record":}`:                            {Offset: 11, Text: "invalid character '}' looking for beginning of value"},
		` []`:                                    {Offset: 1, Text: "expected an object"},
		`{"version":1}`:                          {Member: "record", Text: `unknown kind ""`},
		`{"record":"ferry","version":1}`:         {Member: "record", Offset: 10, Text: `unknown kind "ferry"`},
		`{"record":7,"version":1}`:               {Member: "record", Offset: 10, Text: "expected a text"},
		`{"record":"call"}`:                      {Member: "version", Text: "expected version 1"},
		`{"record":"call","version":2}`:          {Member: "version", Offset: 27, Text: "expected version 1"},
		call + `"status":"486"}`:                 {Member: "status", Offset: 38, Text: "expected a whole number"},
		call + `"status":4.5}`:                   {Member: "status", Offset: 38, Text: "expected a whole number"},
		call + `"disposition":"lost"}`:           {Member: "disposition", Offset: 43, Text: `unknown value "lost"`},
		call + `"setup_ms":1e300}`:               {Member: "setup_ms", Offset: 40, Text: "expected milliseconds"},
		call + `"setup_ms":true}`:                {Member: "setup_ms", Offset: 40, Text: "expected milliseconds"},
		call + `"start":"yesterday"}`:            {Member: "start", Offset: 37, Text: "expected a time of RFC 3339 from 1678 to 2261"},
		call + `"end":"2999-01-01T00:00:00Z"}`:   {Member: "end", Offset: 35, Text: "expected a time of RFC 3339 from 1678 to 2261"},
		call + `"challenged":1}`:                 {Member: "challenged", Offset: 42, Text: "expected true or false"},
		call + `"from":[]}`:                      {Member: "from", Offset: 36, Text: "expected an object"},
		call + `"from":{"uri":1}}`:               {Member: "from.uri", Offset: 43, Text: "expected a text"},
		call + `"hops":{}}`:                      {Member: "hops", Offset: 36, Text: "expected an array"},
		call + `"hops":[{},{"status":[]}]}`:      {Member: "hops[1].status", Offset: 50, Text: "expected a whole number"},
		call + `"hops":[{},null,{}]}`:            {Member: "hops[1]", Offset: 40, Text: "expected an object"},
		call + `"services":["call_hold",{}]}`:    {Member: "services[1]", Offset: 53, Text: "expected a text"},
		call + `"confidence":{"flags":["fog"]}}`: {Member: "confidence.flags", Offset: 51, Text: `unknown value "fog"`},
		call + `"cause":{"evidence":[{"time":{}}]}}`: {
			Member: "cause.evidence[0].time", Offset: 58, Text: "expected a time",
		},
		alert + `"events":-1}`:              {Member: "events", Offset: 39, Text: "expected a whole number, 0 or more"},
		alert + `"top_causes":{"503":0.5}}`: {Member: "top_causes.503", Offset: 50, Text: "expected a whole number, 0 or more"},
		alert + `"labels":{"peer":null}}`:   {Member: "labels.peer", Offset: 47, Text: "expected a text"},
		alert + `"value":"high"}`:           {Member: "value", Offset: 38, Text: "expected a number"},
	} {
		r, err := record.Decode([]byte(line))
		var got *record.DecodeError
		if r != nil || !errors.As(err, &got) {
			t.Errorf("%s: %v, %v", line, r, err)
			continue
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", line, diff)
		}
		if !strings.Contains(got.Error(), got.Member) || !strings.HasSuffix(got.Error(), got.Text) {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// FuzzDecode reads any bytes: what is read can be written and read again, and stays the same from then on.
func FuzzDecode(f *testing.F) {
	for _, lines := range expected(f) {
		for _, line := range lines {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := record.Decode(line)
		if err != nil {
			return
		}
		first := r.AppendJSON(nil)
		r, err = record.Decode(first)
		if err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if again := r.AppendJSON(nil); !bytes.Equal(first, again) {
			t.Errorf("written:\n%s\nread and written again:\n%s", first, again)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, r := range full() {
		line := r.AppendJSON(nil)
		b.Run(r.Kind().String(), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				if _, err := record.Decode(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
