package invariants

import (
	"bytes"
	"testing"
)

func TestPoison(t *testing.T) {
	b := []byte("borrowed bytes")
	Poison(b[:8])
	want := "borrowed bytes"
	if Enabled {
		want = string(bytes.Repeat([]byte{poison}, 8)) + " bytes"
	}
	if string(b) != want {
		t.Fatalf("after Poison (Enabled=%v): %q, want %q", Enabled, b, want)
	}
}
