package store

import (
	"strings"
	"testing"

	"sipspan/internal/wire"
)

func TestText(t *testing.T) {
	var x Text
	a := x.Add([]byte("one"))
	b := x.Add([]byte("folded \r\n\t line\n again"))
	x.Put(&a, []byte("2"))
	c := x.Add([]byte(strings.Repeat("y", 5000)))
	s := x.Seal()
	if s.Of(a) != "2" || s.Of(b) != "folded line again" || len(s.Of(c)) != wire.MaxText || s.Of(Piece{}) != "" {
		t.Errorf("%q %q %d", s.Of(a), s.Of(b), len(s.Of(c)))
	}
}
