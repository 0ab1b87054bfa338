package svg_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
	"sipspan/view/ladder/svg"
)

func draw(t *testing.T, l *ladder.Ladder) string {
	t.Helper()
	var b strings.Builder
	if err := svg.Write(&b, l, svg.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parse returns the names of all elements, and all text; it fails for what is not well-formed.
func parse(t *testing.T, picture string) (elements map[string]int, texts string) {
	t.Helper()
	elements = map[string]int{}
	var all strings.Builder
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements, all.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
		switch x := token.(type) {
		case xml.StartElement:
			elements[x.Name.Local]++
		case xml.CharData:
			all.Write(x)
			all.WriteByte('\n')
		}
	}
}

func TestForked(t *testing.T) {
	got := draw(t, laddertest.Ladder(t, "../../..", "call-forked"))
	laddertest.Golden(t, "call-forked.svg", got)
	elements, texts := parse(t, got)
	for _, want := range []string{"INVITE", "487 Request Terminated", "192.0.2.17:5060", "3.7 s later", "offer: audio PCMU"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
	if elements["title"] == 0 || elements["desc"] != 1 {
		t.Error("the picture has no title or no description")
	}
}

// What is on the wire stays text.
func TestHostile(t *testing.T) {
	got := draw(t, laddertest.Of(laddertest.Hostile()))
	elements, _ := parse(t, got)
	for name := range elements {
		switch name {
		case "svg", "title", "desc", "style", "rect", "g", "path", "text":
		default:
			t.Errorf("the picture holds an element %s", name)
		}
	}
	for _, r := range got {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the picture holds %q", r)
		}
	}
	if len(got) > 20_000 {
		t.Errorf("%d bytes for two messages", len(got))
	}
}

func TestManyHops(t *testing.T) {
	elements, texts := parse(t, draw(t, laddertest.Of(laddertest.Chain(12, 200))))
	if n := strings.Count(texts, "198.51.100."); n < 13 || elements["path"] < 413 {
		t.Errorf("%d names, %d paths", n, elements["path"])
	}
	// The arrows of twelve hops are in a window of 1280 pixels, and their labels are whole.
	l := laddertest.Of(laddertest.Chain(12, 48))
	picture := draw(t, l)
	last := regexp.MustCompile(`class="column" d="M([0-9.]+) `).FindAllStringSubmatch(picture, -1)
	if x, err := strconv.ParseFloat(last[len(last)-1][1], 64); err != nil || x > 1240 {
		t.Errorf("the last column is at %v", x)
	}
	if n := strings.Count(picture, ">180 Ringing</text>"); n != 12 {
		t.Errorf("%d labels “180 Ringing”", n)
	}
}
