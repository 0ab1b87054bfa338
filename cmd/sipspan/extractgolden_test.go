package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtractGolden compares what is extracted of scenarios with testdata/extract: the packets with their comments, and the messages
// that --pseudonym makes, as show draws and lists them. With -update it writes the files.
func TestExtractGolden(t *testing.T) {
	for _, name := range []string{"call-busy", "call-websocket", "tcp-segments", "service-transfer-unattended"} {
		t.Run(name, func(t *testing.T) {
			file := scenarioCapture(t, name)
			order, _ := callsOf(t, readJSON(t, file))
			part, _ := extracted(t, file, "--call-id", order[0], "--related")
			renamed, _ := extracted(t, file, "--call-id", order[0], "--related", "--pseudonym")
			o := command(t.Context(), "show", renamed, "--tz", "UTC", "-v", "--width", "120")
			got := "The packets:\n\n" + packetsOf(t, part) + "\nWith --pseudonym:\n\n" + packetsOf(t, renamed) + "\n" + o.stdout
			golden := filepath.Join("..", "..", "testdata", "extract", name+".txt")
			if *update {
				check(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				check(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			check(t, err)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// packetsOf lists the packets of a pcapng file in little-endian order: a line each with its length, its time and its comments.
func packetsOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	var b strings.Builder
	u32 := func(at []byte) int { return int(binary.LittleEndian.Uint32(at)) }
	for n := 1; len(data) >= 12; data = data[u32(data[4:]):] {
		block := data[:u32(data[4:])]
		if u32(block) != 6 {
			continue
		}
		at := int64(u32(block[12:]))<<32 | int64(u32(block[16:]))
		length := u32(block[20:])
		fmt.Fprintf(&b, "%3d  %4d bytes  %.3f s\n", n, length, float64(at%86_400_000_000_000)/1e9)
		for o := block[28+(length+3)&^3 : len(block)-4]; len(o) >= 4 && o[0] == 1; {
			size := int(o[2]) | int(o[3])<<8
			fmt.Fprintf(&b, "     %s\n", o[4:4+size])
			o = o[4+(size+3)&^3:]
		}
		n++
	}
	return b.String()
}

// The refusal of a password has the status of the challenge before it: the cause stands beside the refusal.
func TestExtractMarksTheRefusal(t *testing.T) {
	part, _ := extracted(t, scenarioCapture(t, "registration-wrong-password"), "--status", "401")
	packets := packetsOf(t, part)
	challenge, refusal, ok := strings.Cut(packets, "\n  3 ")
	if !ok || strings.Contains(challenge, "was refused by") || strings.Count(refusal, "was refused by") != 1 {
		t.Errorf("the packets:\n%s", packets)
	}
}
