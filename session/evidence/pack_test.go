package evidence

import (
	"reflect"
	"testing"

	"sipspan/session/store"
)

// Everything that a refusal keeps is there again when it is unpacked, and counts all the time.
func TestPackRefusalIsWhole(t *testing.T) {
	s := NewStore(1 << 20)
	keep := func(text string) []byte { return s.keep([]byte(text)) }
	refusal := func() *Refusal {
		return &Refusal{
			status: 486, says: 1, below: true, response: keep("SIP/2.0 486 Busy"), rounds: []Round{{keep("INVITE"), keep("SIP/2.0 401")}},
			refused: 17, next: -3, repeats: 2,
		}
	}
	before, want := refusal(), refusal()
	for i := range reflect.ValueOf(before).Elem().NumField() {
		if reflect.ValueOf(before).Elem().Field(i).IsZero() {
			t.Errorf("%s is zero in the refusal that shows whether all is packed", reflect.TypeFor[Refusal]().Field(i).Name)
		}
	}
	request := keep("INVITE sip:b")
	used := s.Used()

	var c store.Codec
	c.Pack(nil)
	s.PackRefusal(&c, before)
	s.PackRefusal(&c, nil)
	s.Pack(&c, request)
	s.Pack(&c, nil)
	s.Suspend(before, request)
	packed := c.Packed()
	c.Unpack(packed)
	after, none := s.PackRefusal(&c, nil), s.PackRefusal(&c, nil)
	message, nothing := s.Pack(&c, nil), s.Pack(&c, nil)
	if c.Failed() || c.Rest() != 0 || none != nil || nothing != nil || string(message) != "INVITE sip:b" {
		t.Errorf("failed %v, %d bytes left, %v, %q, %q", c.Failed(), c.Rest(), none, message, nothing)
	}
	if !reflect.DeepEqual(after, want) {
		t.Errorf("unpacked %+v, want %+v", after, want)
	}
	if s.Used() != used {
		t.Errorf("%d bytes count, %d did before", s.Used(), used)
	}
	s.ReleaseRefusal(after)
	s.Release(message)
	s.ReleaseRefusal(want)
	if s.Used() != 0 {
		t.Errorf("%d bytes count when nothing is kept", s.Used())
	}
}
