package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/dev/sipgen"
)

// TestFramingDoesNotMatter reads the same call under every link type, tunnel and file format: the records, all but the
// packet account, are those of the plain one.
func TestFramingDoesNotMatter(t *testing.T) {
	scenario, err := txtar.ParseFile("../../testdata/golden/call-answered-tcp.txtar")
	if err != nil {
		t.Fatal(err)
	}
	flow := string(scenario.Files[0].Data)
	const ends = "198.51.100.1 198.51.100.2"
	const ends6 = "2001:db8:f::1 2001:db8:f::2"
	want := withoutStats(readJSON(t, writeFlow(t, parseFlow(t, flow))))
	if !strings.Contains(want, `"disposition":"answered"`) {
		t.Fatalf("the plain call was not read:\n%s", want)
	}
	for _, settings := range []string{
		"link: sll", "link: sll2", "link: raw", "link: null", "link: loop", "link: ipv4", "link: ppp", "link: hdlc",
		"link: wifi", "link: prism", "link: radiotap", "link: ppi",
		"tunnel: vlan 10", "tunnel: qinq 10 20", "tunnel: pppoe 1", "tunnel: vlan 7 pppoe 1",
		"tunnel: ipip " + ends, "tunnel: gre " + ends, "tunnel: gre-ppp " + ends, "tunnel: gtp " + ends,
		"tunnel: ipip " + ends6, "tunnel: gre " + ends6, "tunnel: gtp " + ends6,
		"tunnel: qinq 10 20 pppoe 1 gtp " + ends, "link: sll\ntunnel: gtp " + ends,
		"tunnel: vntag", "tunnel: etag", "tunnel: vntag vlan 7", "tunnel: mpls 16", "tunnel: pseudowire 16", "tunnel: pseudowire-bare 16",
		"tunnel: gre-frame " + ends, "tunnel: erspan1 " + ends, "tunnel: erspan2 " + ends, "tunnel: erspan3 " + ends,
		"tunnel: vxlan " + ends, "tunnel: vxlan " + ends6, "tunnel: vxlan-odd " + ends, "tunnel: vxlan-gpe " + ends,
		"tunnel: geneve " + ends, "tunnel: geneve-ip " + ends6, "tunnel: tzsp " + ends, "tunnel: tzsp-wifi " + ends,
		"tunnel: l2tp " + ends, "tunnel: l2tp3 " + ends, "tunnel: esp " + ends, "tunnel: esp " + ends6, "tunnel: esp-nat " + ends,
		"tunnel: erspan2 " + ends + " vxlan " + ends6, "tunnel: vlan 9 geneve " + ends + " gtp " + ends, "tunnel: vxlan " + ends + " pseudowire 17",
		"tunnel: gre " + ends + " l2tp " + ends + " esp " + ends6, "link: sll2\ntunnel: vxlan " + ends, "link: radiotap\ntunnel: esp-nat " + ends,
		"format: nanoseconds", "format: big-endian", "format: nanoseconds big-endian",
		"format: pcapng", "format: pcapng nanoseconds", "format: pcapng big-endian", "format: pcapng nanoseconds big-endian",
	} {
		t.Run(strings.ReplaceAll(settings, "\n", ", "), func(t *testing.T) {
			f := parseFlow(t, settings+"\n"+flow)
			lines := readJSON(t, writeFlow(t, f))
			got := withoutStats(lines)
			if tunnel := capturedIn.FindString(got); (tunnel != "") != isTunnel(settings) {
				t.Errorf("where it was captured: %q", tunnel)
			}
			if diff := cmp.Diff(want, capturedIn.ReplaceAllString(got, "")); diff != "" {
				t.Errorf("records (-plain +framed):\n%s", diff)
			}
			checkAccount(t, accountOf(t, lines))
		})
	}
}

// capturedIn is the member of a record that names the tunnel.
var capturedIn = regexp.MustCompile(`"capture":{"tunnel":"[^}]*},`)

// isTunnel reports whether a setting puts packets into a tunnel, and not just behind a tag.
func isTunnel(settings string) bool {
	_, tunnel, ok := strings.Cut(settings, "tunnel: ")
	return ok && !isTag.MatchString(tunnel)
}

// isTag matches tags.
var isTag = regexp.MustCompile(`^((vlan|qinq|vntag|etag)[0-9 ]*)+$`)

// TestEveryCut reads the call with its messages cut in two segments, and in fragments, at many places.
func TestEveryCut(t *testing.T) {
	scenario, err := txtar.ParseFile("../../testdata/golden/call-answered-tcp.txtar")
	if err != nil {
		t.Fatal(err)
	}
	plain := parseFlow(t, string(scenario.Files[0].Data))
	want := withoutStats(readJSON(t, writeFlow(t, plain)))
	cut := func(name string, change func(o *sipgen.Options)) {
		t.Run(name, func(t *testing.T) {
			f := parseFlow(t, string(scenario.Files[0].Data))
			for i := range f.Steps {
				if len(f.Steps[i].Payload) > 0 {
					change(&f.Steps[i].Options)
					f.Steps[i].Options.Gap = 1 // nanosecond: below the resolution of the file
				}
			}
			if diff := cmp.Diff(want, withoutStats(readJSON(t, writeFlow(t, f)))); diff != "" {
				t.Errorf("records (-whole +cut):\n%s", diff)
			}
		})
	}
	for at := 1; at < 400; at += 13 {
		cut("segment", func(o *sipgen.Options) { o.Segments = []int{at} })
		cut("swapped", func(o *sipgen.Options) { o.Segments, o.Order = []int{at}, []int{2, 1} })
	}
	for size := 24; size < 200; size += 40 {
		cut("fragment", func(o *sipgen.Options) { o.Fragment = size })
	}
}

// withoutStats drops the last line.
func withoutStats(lines string) string {
	trimmed := strings.TrimRight(lines, "\n")
	return trimmed[:strings.LastIndexByte(trimmed, '\n')+1]
}

// TestEveryRecordNamesItsTunnel reads scenarios that give records of every kind in a tunnel: each record names it, and but for that
// they are those of the plain scenario.
func TestEveryRecordNamesItsTunnel(t *testing.T) {
	const member = `"capture":{"tunnel":"vxlan","outer_src":"198.51.100.1","outer_dst":"198.51.100.2","vni":5001},`
	kinds := map[string]bool{}
	for _, name := range []string{"call-busy", "registration-new", "subscription-notified", "publication", "message-outside", "options-failing"} {
		scenario, err := txtar.ParseFile("../../testdata/golden/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		flow := string(scenario.Files[0].Data)
		want := withoutStats(readJSON(t, writeFlow(t, parseFlow(t, flow))))
		got := withoutStats(readJSON(t, writeFlow(t, parseFlow(t, "tunnel: vxlan 198.51.100.1 198.51.100.2\n"+flow))))
		for line := range strings.Lines(got) {
			kind, _, _ := strings.Cut(strings.TrimPrefix(line, `{"record":"`), `"`)
			kinds[kind] = true
			if !strings.Contains(line, member) {
				t.Errorf("%s does not name its tunnel: %s", name, line)
			}
		}
		if diff := cmp.Diff(want, strings.ReplaceAll(got, member, "")); diff != "" {
			t.Errorf("%s (-plain +in the tunnel):\n%s", name, diff)
		}
	}
	for _, kind := range []string{"call", "failure", "registration", "subscription", "publication", "message", "transaction"} {
		if !kinds[kind] {
			t.Errorf("no record of kind %s", kind)
		}
	}
}
