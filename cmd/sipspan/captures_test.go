package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// captureFolders are the captures that have a section each in testdata/captures.txtar: the flows of the seed documents
// and of the RFCs, and those that other projects publish, in which nothing may be seen that is not there.
var captureFolders = []string{"seeds/*.pcap", "rfc/rfc3*.pcap", "rfc/rfc5*.pcap", "rfc/rfc7*.pcap", "public/*/*"}

// TestCaptures compares what a person would say of each capture with testdata/captures.txtar. With -update it writes
// that file; read each difference against the document that the capture is from.
func TestCaptures(t *testing.T) {
	folder := captures(t)
	const file = "../../testdata/captures.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]string)
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	var sections []txtar.File
	for _, pattern := range captureFolders {
		names, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d captures, %v", pattern, len(names), err)
		}
		for _, name := range names {
			section, err := filepath.Rel(folder, name)
			if err != nil {
				t.Fatal(err)
			}
			section = filepath.ToSlash(section)
			t.Run(section, func(t *testing.T) {
				got := told(t, readJSON(t, name))
				sections = append(sections, txtar.File{Name: section, Data: []byte(got)})
				if diff := cmp.Diff(want[section], got); diff != "" && !*update {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
			delete(want, section)
		}
	}
	if *update {
		archive.Files = sections
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name := range want {
		t.Errorf("there is no capture %s", name)
	}
}

// told writes records for people: what each says but its times, and what is the same in all.
func told(t *testing.T, lines string) string {
	t.Helper()
	var paragraphs []string
	for line := range strings.Lines(lines) {
		var r map[string]any
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if r["record"] != "stats" {
			paragraphs = append(paragraphs, tellRecord(r))
		}
	}
	slices.Sort(paragraphs) // the order of ends is the golden scenarios' affair
	return strings.Join(paragraphs, "")
}

// tellRecord writes one record: its kind, what came of it, and a line for everything else.
func tellRecord(r map[string]any) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s:", r["record"], r["call_id"])
	for _, name := range []string{"disposition", "outcome", "state", "method", "status", "reason", "terminated_reason", "origin", "released_by"} {
		if v, ok := r[name]; ok {
			fmt.Fprintf(&b, " %v", v)
		}
	}
	if flags := inside(r, "confidence", "flags"); len(flags.([]any)) > 0 {
		fmt.Fprintf(&b, " %v", flags)
	}
	b.WriteByte('\n')
	numbers(&b, r)
	if r["record"] == "failure" {
		return b.String() // the rest is that of the session
	}
	who(&b, r)
	for _, h := range members(r, "hops") {
		fmt.Fprintf(&b, "  hop %v > %v %v%s%s\n", h["src"], h["dst"], h["transport"], and(h, "status", "delay_ms"), words(h, "cancelled"))
	}
	for _, f := range members(r, "forks") {
		fmt.Fprintf(&b, "  fork %v%s%s\n", f["to_tag"], and(f, "status", "epid", "contact", "user_agent"), words(f, "answered", "cancelled"))
	}
	for _, m := range members(r, "media") {
		fmt.Fprintf(&b, "  media%s\n", and(m, "type", "codec", "addr", "direction"))
	}
	for _, name := range []string{"im", "presence", "resources", "services"} {
		if v, ok := r[name]; ok {
			text, _ := json.Marshal(v)
			fmt.Fprintf(&b, "  %s %s\n", name, text)
		}
	}
	for _, e := range members(r, "service_evidence") {
		fmt.Fprintf(&b, "  %v: %v\n", e["service"], e["what"])
	}
	for _, o := range members(r, "related") {
		fmt.Fprintf(&b, "  %v %v (%v): %v\n", o["relation"], o["call_id"], o["score"], o["reason"])
	}
	if c, ok := r["cause"].(map[string]any); ok {
		sentence, _, _ := strings.Cut(c["explanation"].(string), "; ")
		fmt.Fprintf(&b, "  because%s: %s\n", and(c, "source", "code", "origin"), sentence)
	}
	return b.String()
}

// numbers writes how long things took and how many there were.
func numbers(b *bytes.Buffer, r map[string]any) {
	var parts []string
	for _, name := range []string{
		"setup_ms", "srd_ms", "ring_ms", "duration_ms", "sdd_ms", "rrd_ms", "first_notify_ms", "delay_ms", "expires_s", "notifies",
		"refreshes", "messages", "retransmissions", "size_bytes",
	} {
		if v, ok := r[name]; ok && v != json.Number("0") {
			parts = append(parts, fmt.Sprintf("%s %v", name, v))
		}
	}
	if r["challenged"] == true {
		parts = append(parts, "challenged")
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "  %s\n", strings.Join(parts, ", "))
	}
}

// who writes the people and the elements.
func who(b *bytes.Buffer, r map[string]any) {
	var parts []string
	for _, path := range [][]string{
		{"from", "uri"}, {"from", "tag"}, {"to", "uri"}, {"to", "tag"}, {"request_uri"}, {"asserted_identity"}, {"caller", "addr"},
		{"caller", "user_agent"}, {"callee", "addr"}, {"callee", "user_agent"}, {"aor"}, {"contacts"}, {"event"}, {"resource"}, {"subscriber"},
		{"content_type"}, {"src"}, {"dst"}, {"user_agent"},
	} {
		if v := inside(r, path...); v != nil {
			parts = append(parts, fmt.Sprintf("%s=%v", strings.Join(path, "."), v))
		}
	}
	fmt.Fprintf(b, "  %s\n", strings.Join(parts, " "))
}

func inside(r map[string]any, path ...string) any {
	v := any(r)
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func members(r map[string]any, name string) (all []map[string]any) {
	items, _ := r[name].([]any)
	for _, item := range items {
		all = append(all, item.(map[string]any))
	}
	return all
}

// and writes the values of some members, those that there are.
func and(r map[string]any, names ...string) (s string) {
	for _, name := range names {
		if v, ok := r[name]; ok {
			s += fmt.Sprintf(" %v", v)
		}
	}
	return s
}

// words writes the names of the members that are true.
func words(r map[string]any, names ...string) (s string) {
	for _, name := range names {
		if r[name] == true {
			s += " " + name
		}
	}
	return s
}
