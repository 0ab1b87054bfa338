package record

import "testing"

// An ID depends on each of its parts and on nothing else. The value is fixed: consumers may have stored it.
func TestID(t *testing.T) {
	base := ID(KindCall, "c1", 1_000_000_000, "INVITE", 1)
	if again := ID(KindCall, "c1", 1_000_000_000, "INVITE", 1); again != base || base != "01d3a34cc642ad6c" {
		t.Errorf("the ID is %s, and %s the second time", base, again)
	}
	for what, other := range map[string]string{
		"kind":        ID(KindFailure, "c1", 1_000_000_000, "INVITE", 1),
		"Call-ID":     ID(KindCall, "c2", 1_000_000_000, "INVITE", 1),
		"start":       ID(KindCall, "c1", 1_000_000_001, "INVITE", 1),
		"method":      ID(KindCall, "c1", 1_000_000_000, "BYE", 1),
		"CSeq number": ID(KindCall, "c1", 1_000_000_000, "INVITE", 2),
	} {
		if other == base {
			t.Errorf("another %s makes no other ID", what)
		}
	}
}

// The hashes of IDs and their texts have the same order.
func TestIDText(t *testing.T) {
	former := ""
	for _, hash := range []uint64{0, 9, 10, 0xff, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		if id := IDText(hash); id <= former || len(id) != 16 {
			t.Errorf("%s comes after %s", id, former)
		} else {
			former = id
		}
	}
	if IDText(IDHash(KindCall, "c1", 1, "", 0)) != ID(KindCall, "c1", 1, "", 0) {
		t.Error("an ID is not the text of its hash")
	}
}
