package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestShow shows the flow of a scenario and compares what is printed. Each file of testdata/show is about one scenario of
// testdata/golden, which its first file names; the names of the other files are the flags. “go test ./cmd/sipspan -run TestShow -update” writes
// what the program prints.
func TestShow(t *testing.T) {
	files, err := filepath.Glob("../../testdata/show/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to show: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { commandGolden(t, file, "show") })
	}
}

// TestLists prints lists of the flows of scenarios and compares them. The files of testdata/list are like those of testdata/show, but that several
// scenarios may be named, and that the names of the other files begin with the command.
func TestLists(t *testing.T) {
	files, err := filepath.Glob("../../testdata/list/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to list: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { commandGolden(t, file) })
	}
}

// TestCompare compares flows of scenarios. The files of testdata/compare are like those of testdata/list, with two scenarios.
func TestCompare(t *testing.T) {
	files, err := filepath.Glob("../../testdata/compare/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to compare: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { commandGolden(t, file, "compare") })
	}
}

// commandGolden runs the commands of a file on its scenarios. words come before those that the file has for each command.
func commandGolden(t *testing.T, file string, words ...string) {
	archive, err := txtar.ParseFile(file)
	check(t, err)
	if len(archive.Files) < 2 || archive.Files[0].Name != "scenario" {
		t.Fatalf("%s does not name a scenario and flags", file)
	}
	var captures []string
	for _, name := range strings.Fields(string(archive.Files[0].Data)) {
		captures = append(captures, scenarioCapture(t, name))
	}
	for i := range archive.Files[1:] {
		f := &archive.Files[1+i]
		line := append(slices.Clone(words), strings.Fields(f.Name)...)
		args := append(append(append([]string{}, line[0], "--tz", "UTC"), line[1:]...), captures...)
		o := command(t.Context(), args...)
		if o.code != 0 {
			t.Fatalf("sipspan %v: exit status %d, stderr:\n%s", args, o.code, o.stderr)
		}
		got := o.stdout
		for i, capture := range captures {
			got = strings.ReplaceAll(got, capture, strings.Fields(string(archive.Files[0].Data))[i]+".pcap")
		}
		if o.stderr != "" {
			got += "stderr: " + o.stderr
		}
		if *update {
			f.Data = []byte(got)
			continue
		}
		if diff := cmp.Diff(string(f.Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
	if *update {
		check(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	}
}

// scenarioCapture returns the name of a capture of the flow of a scenario of testdata/golden.
func scenarioCapture(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("../../testdata/golden", name+".txtar"))
	check(t, err)
	return writeScenario(t, &archive.Files[0])
}

// hostileFlow is a call with harmful names.
const hostileFlow = `hosts: alice=192.0.2.10 bob=192.0.2.11

@0 alice -> bob udp
INVITE sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP <script>alert(1)</script>;branch=z9hG4bK1
From: "<img src=x onerror=alert(1)>` + "\x1b[2J\u202e" + `" <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: <script>alert(2)</script>
CSeq: 1 INVITE
User-Agent: </text></svg><script>alert(3)</script>` + "\u2066" + `
Referred-By: <sip:LONG@example.com>
Content-Length: 0

@1 bob -> alice udp
SIP/2.0 486 <b>Busy</b> ]]> --> %%{init}%%
Via: SIP/2.0/UDP <script>alert(1)</script>;branch=z9hG4bK1
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>;tag=<2>
Call-ID: <script>alert(2)</script>
CSeq: 1 INVITE
Reason: SIP;text="` + "\x1b]0;x\a" + `"
Content-Length: 0
`

// Harmful names change nothing, in whatever form.
func TestShowHostile(t *testing.T) {
	capture := writeFlow(t, parseFlow(t, strings.ReplaceAll(hostileFlow, "LONG", strings.Repeat("N", 10<<10))))
	for _, format := range showFormats {
		o := command(t.Context(), "show", capture, "--tz", "UTC", "--format", format, "-v")
		if o.code != 0 {
			t.Fatalf("%s: exit status %d, stderr:\n%s", format, o.code, o.stderr)
		}
		for _, r := range o.stdout {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%s holds %q", format, r)
			}
		}
		if format == "svg" || format == "html" {
			for _, bad := range []string{"<script", "<img", "<b>"} {
				if strings.Contains(o.stdout, bad) {
					t.Errorf("%s holds %s", format, bad)
				}
			}
		}
	}
}

func TestShowRefuses(t *testing.T) {
	capture := scenarioCapture(t, "call-busy")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--format", "png"}, exitUsage, `flag --format: "png": expected one of text, svg, html, mermaid, json`},
		{[]string{"--status", "4"}, exitUsage, `flag --status: "4": expected a code such as 486, or a class such as 5xx`},
		{[]string{"--tz", "Nowhere/Land"}, exitUsage, `flag --tz: there is no time zone "Nowhere/Land"`},
		{[]string{"--call-id", "another"}, exitFailed, `nothing to show: no call, registration, subscription, publication, message or request matches --call-id "another"`},
	} {
		o := command(t.Context(), append([]string{"show", capture}, c.args...)...)
		if o.code != c.code || !strings.Contains(o.stderr, c.want) {
			t.Errorf("show %v: exit status %d, stderr %s", c.args, o.code, o.stderr)
		}
	}
}

// Record files hold no messages: the ladder is that of the hops, and says so.
func TestShowRecordFile(t *testing.T) {
	lines := readJSON(t, scenarioCapture(t, "call-busy"))
	folder := t.TempDir()
	check(t, os.WriteFile(filepath.Join(folder, "call.jsonl"), []byte(lines), 0o644))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(lines))
	check(t, errors.Join(err, z.Close()))
	other := t.TempDir()
	check(t, os.WriteFile(filepath.Join(other, "call.jsonl.gz"), packed.Bytes(), 0o644))
	for _, input := range []string{folder, filepath.Join(folder, "call.jsonl"), other} {
		o := command(t.Context(), "show", input, "--tz", "UTC")
		if o.code != 0 || !strings.Contains(o.stdout, "made of the record: the messages are not there") || !strings.Contains(o.stdout, "486") {
			t.Errorf("show %s: exit status %d\n%s%s", input, o.code, o.stdout, o.stderr)
		}
	}
}

// Where privacy hides people, the messages are not shown.
func TestShowPrivacy(t *testing.T) {
	t.Setenv("PRIVACY_TEST_KEY", "a key of more than sixteen bytes")
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(config, []byte("privacy: {identities: pseudonym, key_variable: PRIVACY_TEST_KEY}\n"), 0o600))
	for _, format := range showFormats {
		o := command(t.Context(), "show", scenarioCapture(t, "call-two-proxies"), "--tz", "UTC", "--config", config, "--format", format, "-v")
		if o.code != 0 || strings.Contains(strings.ToLower(o.stdout), "alice") || !strings.Contains(o.stdout, "privacy hides") {
			t.Errorf("%s: exit status %d\n%s%s", format, o.code, o.stdout, o.stderr)
		}
	}
}

// Every capture with known truth is shown in every form, and what is said of one is well-formed.
func TestShowCaptures(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	captures, err := filepath.Glob(filepath.Join(folder, "*", "*.pcap"))
	check(t, err)
	deeper, err := filepath.Glob(filepath.Join(folder, "public", "*", "*.pcap*"))
	check(t, err)
	for _, c := range append(captures, deeper...) {
		for _, format := range showFormats {
			o := command(t.Context(), "show", c, "--tz", "UTC", "--format", format, "-v")
			if strings.Contains(o.stderr, "nothing to show") {
				continue
			}
			switch format {
			case "svg":
				wellFormed(t, c, o.stdout)
			case "json":
				if !json.Valid([]byte(o.stdout)) {
					t.Errorf("%s: no JSON", c)
				}
			}
			if o.stdout == "" {
				t.Errorf("%s: %s is empty; stderr: %s", c, format, o.stderr)
			}
		}
	}
}

func wellFormed(t *testing.T, name, picture string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader([]byte(picture)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
