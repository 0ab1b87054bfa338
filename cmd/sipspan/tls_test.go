package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// messagesOf returns the account of the messages.
func messagesOf(t *testing.T, lines string) (messages, ignored map[string]any) {
	t.Helper()
	all := strings.Split(strings.TrimSpace(lines), "\n")
	var stats struct {
		Messages map[string]any `json:"messages"`
		Ignored  map[string]any `json:"ignored"`
	}
	if err := json.Unmarshal([]byte(all[len(all)-1]), &stats); err != nil {
		t.Fatal(err)
	}
	return stats.Messages, stats.Ignored
}

// TestTLSCapture reads a capture of OpenSSL and Kamailio with the key log of OpenSSL: from a file, out of a decryption secrets block,
// and without.
func TestTLSCapture(t *testing.T) {
	folder := filepath.Join(captures(t), "live")
	capture, log := filepath.Join(folder, "tls.pcap"), filepath.Join(folder, "keys.log")
	want := map[string]any{
		"total": 6.0, "requests": map[string]any{"OPTIONS": 3.0}, "responses": map[string]any{"404": 3.0}, "transports": map[string]any{"TLS": 6.0},
	}
	got := readJSON(t, "--tls-key-log", log, "--workers", "1", capture)
	messages, ignored := messagesOf(t, got)
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if ignored["tls_without_keys"] != nil || !strings.Contains(got, `"decrypted":true,"certificate":{"subject":"CN=localhost"`) {
		t.Errorf("got %s", got)
	}
	if many := readJSON(t, "--tls-key-log", log, "--workers", "8", capture); withoutElapsed(many) != withoutElapsed(got) {
		t.Errorf("8 workers: %s\n1 worker: %s", many, got)
	}

	text, err := os.ReadFile(log)
	check(t, err)
	within := filepath.Join(t.TempDir(), "within.pcapng")
	check(t, os.WriteFile(within, withSecrets(t, capture, text), 0o600))
	if same := readJSON(t, within); withoutElapsed(same) != withoutElapsed(got) {
		t.Errorf("out of a decryption secrets block: %s\nwith a file: %s", same, got)
	}

	messages, ignored = messagesOf(t, readJSON(t, capture))
	if messages["total"] != 0.0 || ignored["tls_without_keys"] == nil {
		t.Errorf("without secrets: %v, ignored %v", messages, ignored)
	}
	if bytes.Contains([]byte(got), text[:20]) {
		t.Error("a secret is in the output")
	}
}

// withSecrets returns a pcap file in little-endian order as pcapng, with a decryption secrets block before its packets.
func withSecrets(t *testing.T, path string, secrets []byte) (out []byte) {
	t.Helper()
	pcap, err := os.ReadFile(path)
	check(t, err)
	order := binary.LittleEndian
	if order.Uint32(pcap) != 0xa1b2c3d4 {
		t.Fatalf("magic number %x", pcap[:4])
	}
	block := func(kind uint32, body []byte) {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		size := uint32(len(body) + 12)
		out = order.AppendUint32(order.AppendUint32(out, kind), size)
		out = order.AppendUint32(append(out, body...), size)
	}
	words := func(list ...uint32) (b []byte) {
		for _, w := range list {
			b = order.AppendUint32(b, w)
		}
		return b
	}
	block(0x0a0d0d0a, words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff))
	block(1, words(order.Uint32(pcap[20:]), 0))
	block(10, append(words(0x544c534b, uint32(len(secrets))), secrets...))
	for rest := pcap[24:]; len(rest) > 0; {
		sec, usec, n, length := order.Uint32(rest), order.Uint32(rest[4:]), order.Uint32(rest[8:]), order.Uint32(rest[12:])
		at := uint64(sec)*1e6 + uint64(usec)
		block(6, append(words(0, uint32(at>>32), uint32(at), n, length), rest[16:16+n]...))
		rest = rest[16+n:]
	}
	return out
}

// A key log or a private key that cannot be used is an error that names the file.
func TestTLSSecretsThatCannotBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken")
	check(t, os.WriteFile(path, []byte("nonsense\n"), 0o600))
	for _, args := range [][]string{
		{"read", "--tls-key-log", path, "../../testdata/sample.pcap"},
		{"read", "--tls-key-log", path + "-none", "../../testdata/sample.pcap"},
	} {
		if o := command(t.Context(), args...); o.code == 0 || !strings.Contains(o.stderr, path) || strings.Contains(o.stderr, "nonsense") {
			t.Errorf("%q: exit status %d, %s", args, o.code, o.stderr)
		}
	}
	t.Setenv("SIPSPAN_TLS_PRIVATE_KEYS", path)
	if o := command(t.Context(), "read", "../../testdata/sample.pcap"); o.code == 0 || !strings.Contains(o.stderr, "tls.private_keys") {
		t.Errorf("exit status %d, %s", o.code, o.stderr)
	}
}
