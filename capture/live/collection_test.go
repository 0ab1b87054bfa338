package live

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/internal/bpf"
)

// TestDefaultFilterOnCaptures runs the default filter over real traffic: nothing that holds SIP text stays in the kernel,
// and of the captures that are mostly RTP, most does.
func TestDefaultFilterOnCaptures(t *testing.T) {
	root := os.Getenv("SIPSPAN_CAPTURES")
	if root == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of captures")
	}
	paths, err := pcapfile.Expand([]string{root})
	if err != nil {
		t.Fatal(err)
	}
	programs := make(map[capture.LinkType]*bpf.Program)
	for _, path := range paths {
		source, err := pcapfile.Open([]string{path}, pcapfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(path, root+string(filepath.Separator))
		var f capture.Frame
		var seen, left int
		for ; ; seen++ {
			if err := source.Next(&f); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if programs[f.Link] == nil {
				programs[f.Link] = program(t, f.Link)
			}
			if programs[f.Link].Match(f.Data, f.Length) {
				continue
			}
			left++
			if bytes.Contains(f.Data, []byte("SIP/2.0")) {
				t.Errorf("%s: packet %d does not pass: % x", name, f.Number, f.Data[:min(len(f.Data), 80)])
			}
		}
		source.Close()
		if strings.HasSuffix(path, "ptavi-p5/sip.cap") && left < 817 { // 807 RTP and 10 RTCP packets
			t.Errorf("%s: %d of %d stay in the kernel", name, left, seen)
		}
	}
}
