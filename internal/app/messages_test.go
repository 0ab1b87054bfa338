package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/config"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
)

func looking(inputs ...string) Looking {
	return Looking{Config: config.Default(), Log: slog.New(slog.DiscardHandler), Inputs: inputs}
}

// collect returns the messages of one Call-ID.
func collect(t *testing.T, l Looking, callID string) (all []messages.Message) {
	t.Helper()
	check(t, Messages(t.Context(), l, map[string]bool{callID: true}, func(m messages.Message) error {
		all = append(all, m)
		return nil
	}))
	return all
}

// TestMessagesOfSeveralInputs reads the messages of one call from two trace logs that are merged by time.
func TestMessagesOfSeveralInputs(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, times ...string) {
		var b strings.Builder
		for _, at := range times {
			b.WriteString("U 2026/01/01 00:00:" + at + ".000000 192.0.2.1:5060 -> 192.0.2.2:5060\nOPTIONS sip:b SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + at +
				"\nFrom: <sip:a>;tag=1\nTo: <sip:b>\nCall-ID: 1\nCSeq: " + at + " OPTIONS\nContent-Length: 0\n\n")
		}
		check(t, os.WriteFile(filepath.Join(folder, name), []byte(b.String()), 0o600))
	}
	write("a.log", "10", "30")
	write("b.log", "20")
	got := ""
	for _, m := range collect(t, looking(folder), "1") {
		_, rest, _ := strings.Cut(string(m.Bytes), "CSeq: ")
		for _, p := range m.Packets {
			got += rest[:2] + " in " + string(rune('a'+p.Input)) + " " + string(rune('0'+p.Number)) + "\n"
		}
	}
	if want := "10 in a 1\n20 in b 1\n30 in a 2\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if err := Messages(t.Context(), looking("-"), nil, nil); !errors.Is(err, ErrReadOnce) {
		t.Error(err)
	}
}

// TestMessagesOfTLS decrypts: each message names the frames with its records.
func TestMessagesOfTLS(t *testing.T) {
	captures := os.Getenv("SIPSPAN_CAPTURES")
	if captures == "" {
		t.Skip("SIPSPAN_CAPTURES names no folder with captures")
	}
	l := looking(filepath.Join(captures, "live", "tls.pcap"))
	l.Config.TLS.KeyLog = []string{filepath.Join(captures, "live", "keys.log")}
	all := collect(t, l, "tls-2@localhost")
	if len(all) != 2 {
		t.Fatalf("%d messages", len(all))
	}
	for _, m := range all {
		if m.Transport != wire.TLS || len(m.Packets) != 1 {
			t.Errorf("%v: %q in frames %v", m.Transport, m.Bytes, m.Packets)
		}
	}
	if a, b := all[0].Packets[0].Number, all[1].Packets[0].Number; a >= b {
		t.Errorf("request in frame %d, response in frame %d", a, b)
	}
}
