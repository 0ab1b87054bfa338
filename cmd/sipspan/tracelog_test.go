package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"
)

// writeScenario writes the first file of a scenario, a flow as a capture or a log as it is, and returns its name.
func writeScenario(t testing.TB, f *txtar.File) string {
	t.Helper()
	switch kind, encoding, _ := strings.Cut(f.Name, "."); kind {
	case "flow":
		return writeFlow(t, parseFlow(t, string(f.Data)))
	case "log":
		return writeLog(t, f.Data, encoding)
	}
	t.Fatalf("%s is neither a flow nor a log", f.Name)
	return ""
}

// writeLog writes a trace log in a temporary folder and returns its name. Without an encoding it is as it stands.
func writeLog(t testing.TB, text []byte, encoding string) string {
	t.Helper()
	switch encoding {
	case "":
	case "utf16le": // without a byte order mark
		text = inUTF16(text, binary.LittleEndian)
	case "utf16be":
		text = inUTF16(append([]byte("\ufeff"), text...), binary.BigEndian)
	default:
		t.Fatalf("unknown encoding %s", encoding)
	}
	name := filepath.Join(t.TempDir(), "trace.log")
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func inUTF16(text []byte, order binary.AppendByteOrder) (out []byte) {
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}
