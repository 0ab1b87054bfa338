package page_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
	"sipspan/view/ladder/page"
	"sipspan/view/story"
)

func write(t *testing.T, r record.Record, l *ladder.Ladder) string {
	t.Helper()
	var b strings.Builder
	if err := page.Write(&b, l.Title, []page.Session{{Story: story.Of(r, nil), Ladder: l}}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func call(l *ladder.Ladder) *record.Call {
	return &record.Call{Header: record.Header{CallID: l.Legs[0].CallID, Start: 1_700_000_000e9}, Disposition: record.Answered, Status: 200, Reason: "OK"}
}

func TestForked(t *testing.T) {
	l := laddertest.Ladder(t, "../../..", "call-forked")
	laddertest.Golden(t, "call-forked.html", write(t, call(l), l))
}

// What is on the wire stays text, and nothing is fetched or run.
func TestHostile(t *testing.T) {
	all := laddertest.Hostile()
	l := laddertest.Of(all)
	c := call(l)
	name := string(all[0].Raw[:200])
	c.From = record.Party{URI: name, Display: "<script>alert(1)</script>\x1b[31m\u202e"}
	c.Callee.UserAgent = c.From.Display
	l.Cause = &ladder.Cause{Explanation: "<img src=x onerror=alert(1)>"}
	got := write(t, c, l)
	for _, r := range got {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the page holds %q", r)
		}
	}
	root, err := html.Parse(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "img", "iframe", "link", "object", "embed", "a", "form", "base":
				t.Errorf("the page holds an element %s", n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "href" || a.Key == "src" {
					t.Errorf("%s has the attribute %s", n.Data, a.Key)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
}
