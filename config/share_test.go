package config

import (
	"os"
	"path/filepath"
	"testing"

	"sipspan/internal/limits"
)

// TestSharesOfMemory loads a small limit: the tables must keep to their shares of it, and to less where a key says so.
func TestSharesOfMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	text := "limits:\n  memory: 100MiB\nsession:\n  max_evidence: 1MiB\ncapture:\n  interfaces: [a, b]\n  buffer_size: 10MiB\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(Request{File: path})
	if err != nil {
		t.Fatal(err)
	}
	c := &s.Config
	if got, want := int64(c.Reassembly.TCP.MaxHeldTotal), c.Limits.Share(limits.Streams); got != want {
		t.Errorf("streams hold %d bytes, want their share %d", got, want)
	}
	if got, want := int64(c.Reassembly.Fragments.MaxBytes), c.Limits.Share(limits.Fragments); got != want {
		t.Errorf("fragments hold %d bytes, want their share %d", got, want)
	}
	if got, want := c.Limits.Share(limits.Streams), (limits.Config{Memory: 50 << 20}).Share(limits.Streams); got != want {
		t.Errorf("streams have a share of %d bytes, want %d: that of the half which is theirs at least", got, want)
	}
	if ring, queue := c.Exporters.Alert.Pcap.Ring, c.Exporters.HEP.QueueBytes; ring != 100<<20/8 || queue != 100<<20/32 {
		t.Errorf("%d bytes for captures of alerts and %d for a destination of HEP", ring, queue)
	}
	if c.Session.MaxEvidence != 1<<20 {
		t.Errorf("evidence holds %d bytes, want the 1 MiB of its key", c.Session.MaxEvidence)
	}
}
