package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestShelf adds and removes values of many lengths: what is there is found, and what was removed never again.
func TestShelf(t *testing.T) {
	s := NewShelf()
	defer s.Close()
	random := rand.New(rand.NewPCG(1, 2))
	kept := map[Ref][]byte{}
	var gone []Ref
	var order []Ref
	for n := range 20_000 {
		if len(order) > 0 && random.IntN(3) == 0 {
			i := random.IntN(len(order))
			ref := order[i]
			order = append(order[:i], order[i+1:]...)
			s.Remove(ref)
			s.Remove(ref) // it names nothing any more
			delete(kept, ref)
			gone = append(gone, ref)
			continue
		}
		b := bytes.Repeat(fmt.Append(nil, n), 1+random.IntN(100))
		ref, ok := s.Add(b, Neighbours{Next: Ref(n)})
		if !ok || !ref.Waits() {
			t.Fatalf("value %d: %v, %v", n, ref, ok)
		}
		kept[ref] = b
		order = append(order, ref)
	}
	if s.Len() != len(kept) {
		t.Errorf("%d values, want %d", s.Len(), len(kept))
	}
	total := 0
	for ref, b := range kept {
		total += len(b)
		if !bytes.Equal(s.Packed(ref), b) {
			t.Fatalf("%v has changed", ref)
		}
		s.Neighbours(ref).Previous = ref
	}
	for ref := range kept {
		if s.Neighbours(ref).Previous != ref {
			t.Fatalf("%v has the neighbours of another", ref)
		}
	}
	if s.Bytes() > 3*total {
		t.Errorf("%d bytes for %d", s.Bytes(), total)
	}
	for _, ref := range gone {
		if _, reused := kept[ref]; !reused && (s.Packed(ref) != nil || s.Neighbours(ref) != nil) {
			t.Fatalf("%v was removed and names something", ref)
		}
	}
}

// TestShelfRefsDoNotResolve takes the place of a removed value for others until the generations come round.
func TestShelfRefsDoNotResolve(t *testing.T) {
	s := NewShelf()
	defer s.Close()
	first, _ := s.Add([]byte("first"), Neighbours{})
	s.Remove(first)
	for range generations - 1 {
		ref, _ := s.Add([]byte("other"), Neighbours{})
		if ref.entry() != first.entry() || ref == first || s.Packed(first) != nil {
			t.Fatalf("%v after %v", ref, first)
		}
		s.Remove(ref)
	}
}
