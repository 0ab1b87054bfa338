package presence

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// plainBodies are read the short way, and oddBodies are not.
var (
	plainBodies = []string{
		`<a/>`, `<a />`, `<a></a>`, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<a>\r\n</a>\r\n", `<p:a x='1' y:z="2">t</p:a>`,
		"<a b=\"c d\"\r\n\tc='\"'> text \n more </a>", "<a>Grüße</a>", "<a b='&lt;&quot;'>x &amp;&apos;&gt;</a>", "<a><b>x</b><b/> y </a>rest <<<", pidfBody,
	}
	oddBodies = []string{
		"", " ", "a", "<", "<a", "<a>", "</a>", "<a></b>", "<a/", "<a / >", "<a></ a>", "<a>&auml;</a>", "<a>&#32;</a>", "<a>&amp</a>", "<a b='&'/>", "<a><![CDATA[x]]></a>", "<!-- c --><a/>",
		"<!DOCTYPE a><a/>", "<a b=c/>", "<a b/>", `<a b="1"c="2"/>`, "<a>x>y</a>", "<a b='<'/>", "<a>x<b/>y</a>", "<a>x\r\ny</a>", "<a:b:c/>",
		"<:a/>", "<a:/>", "<ä/>", "<a>\x00</a>", "<a>\uffff</a>", "<?xml version='1.1'?><a/>", "text <a/>", "<a>" + strings.Repeat("x", MaxText+1) + "</a>",
		"<a>" + strings.Repeat(" ", MaxText) + "x</a>", "<a><?pi?></a>",
	}
)

func TestPlain(t *testing.T) {
	for _, body := range plainBodies {
		if new(forest).plain(body) == nil {
			t.Errorf("%q was not read the short way", body)
		}
		samePlain(t, body)
	}
	for _, body := range oddBodies {
		if new(forest).plain(body) != nil {
			t.Errorf("%q was read the short way", body)
		}
		samePlain(t, body)
	}
}

// samePlain holds the short way against encoding/xml.
func samePlain(t *testing.T, body string) {
	t.Helper()
	var f, judge forest
	f.start("before")
	f.open = f.open[:0]
	root := f.plain(body)
	if root == nil {
		if f.used != 1 || len(f.attributes) != 0 || f.blocks[0][1].name != "" {
			t.Errorf("%q left something behind: %d elements, %d attributes", body, f.used, len(f.attributes))
		}
		return
	}
	want, err := judge.decode([]byte(body))
	if err != nil {
		t.Errorf("%q: encoding/xml says %v", body, err)
		return
	}
	sameTree(t, body, root, want)
}

func sameTree(t *testing.T, body string, got, want *element) {
	t.Helper()
	if got.name != want.name || got.text != want.text || len(got.attributes) != len(want.attributes) ||
		len(got.attributes) > 0 && !reflect.DeepEqual(got.attributes, want.attributes) {
		t.Errorf("%q: <%s %v>%q, want <%s %v>%q", body, got.name, got.attributes, got.text, want.name, want.attributes, want.text)
	}
	g, w := got.first, want.first
	for ; g != nil && w != nil; g, w = g.next, w.next {
		sameTree(t, body, g, w)
	}
	if g != nil || w != nil {
		t.Errorf("%q: another number of children of %s", body, got.name)
	}
}

func FuzzPlain(f *testing.F) {
	for _, body := range append(plainBodies, oddBodies...) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if utf8.ValidString(body) {
			samePlain(t, body)
		}
	})
}

// What the captures hold takes the short way, unless print has folded it.
func TestPlainOnCaptures(t *testing.T) {
	captures := os.Getenv("SIPSPAN_CAPTURES")
	if captures == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	text, err := os.ReadFile(filepath.Join(captures, "seeds", "pic-presence.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, body := range regexp.MustCompile(`(?s)<\?xml.*?</presence>`).FindAllString(string(text), -1) {
		if samePlain(t, body); new(forest).plain(body) != nil {
			read++
		}
	}
	if read == 0 {
		t.Error("none was read the short way")
	}
}

func TestParserMemory(t *testing.T) {
	var p Parser
	contentType, body := []byte("application/pidf+xml"), []byte(pidfBody)
	parse := func() {
		if d, err := p.Parse(contentType, body); err != nil || len(d) != 1 || d[0].Basic != Open {
			t.Fatal(d, err)
		}
	}
	parse()
	// The copy of the body, its unescaped note, and the lists of the document as they grow.
	if n := testing.AllocsPerRun(100, parse); n > 9 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkParser(b *testing.B) {
	var p Parser
	contentType, body := []byte("application/pidf+xml"), []byte(pidfBody)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Parse(contentType, body); err != nil {
			b.Fatal(err)
		}
	}
}
