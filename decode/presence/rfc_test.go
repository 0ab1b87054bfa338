package presence

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Every document that the RFCs print is read, and as what it is.
func TestDocumentsOfTheRFCs(t *testing.T) {
	captures := os.Getenv("SIPSPAN_CAPTURES")
	if captures == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	tests := []struct {
		file, root string
		kind       Kind
		atLeast    int
	}{
		{"rfc3863.txt", "presence", PIDF, 2},
		{"rfc4480.txt", "presence", PIDF, 1},
		{"rfc4235.txt", "dialog-info", DialogInfo, 5},
		{"rfc4662.txt", "list", ResourceList, 3},
		{"rfc4662.txt", "presence", PIDF, 3},
	}
	pageBreak := regexp.MustCompile(`\n+[^\n]*\[Page \d+\]\n\f?\n?RFC [^\n]*\n`)
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.root, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(captures, "..", "rfc", tt.file))
			if err != nil {
				t.Skip(err)
			}
			text = pageBreak.ReplaceAll(text, []byte("\n"))
			found := regexp.MustCompile(`(?s)<`+tt.root+`\s[^<]*?>.*?</`+tt.root+`>`).FindAll(text, -1)
			if len(found) < tt.atLeast {
				t.Fatalf("%d documents found", len(found))
			}
			states := 0
			for _, body := range found {
				if bytes.Contains(body, []byte(`example.com"">`)) {
					continue // a misprint in RFC 4662 section 6
				}
				got, err := Parse(nil, body)
				if err != nil || len(got) != 1 || got[0].Kind != tt.kind {
					t.Errorf("%v, %v\n%s", got, err, body)
					continue
				}
				states += len(got[0].States)
			}
			if states < tt.atLeast {
				t.Errorf("%d states in all", states)
			}
		})
	}
}

// The contact of the public IM capture goes from closed to open.
func TestPublicIM(t *testing.T) {
	captures := os.Getenv("SIPSPAN_CAPTURES")
	if captures == "" {
		t.Skip("SIPSPAN_CAPTURES is not set")
	}
	text, err := os.ReadFile(filepath.Join(captures, "seeds", "pic-presence.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	var basics []Basic
	for _, body := range regexp.MustCompile(`(?s)<\?xml.*?</presence>`).FindAll(text, -1) {
		got, err := Parse([]byte("application/pidf+xml"), body)
		if err != nil || len(got) != 1 || got[0].Entity != "sip:pic1@contoso.example.com" {
			t.Fatalf("%v, %v", got, err)
		}
		basics = append(basics, got[0].Basic)
	}
	if !slices.Equal(basics, []Basic{Closed, Open}) {
		t.Errorf("basic states: %v", basics)
	}
}
