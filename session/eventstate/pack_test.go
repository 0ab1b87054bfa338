package eventstate

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// whole returns a state in which nothing is zero that is packed.
func whole() *State {
	p := presentity{uri: "sip:b@example.com", basic: presence.Open, changes: 3, activities: []string{"away", "meal"}, note: "n", flap: stats.Flap{Flapping: true}}
	return &State{
		last: 1 << 60, requested: 2, list: true, full: true, presentities: []presentity{p, p},
		elements: elements{list: []elementState{{"1", "active", 4}, {"2", "queued in line", 5}}}, of: presence.DialogInfo, round: 6, changes: 7,
		resources: 3, dialog: "confirmed", dialogChanges: 8, messages: mailbox{true, true, 9, 10, 11}, completion: "ready", refer: 180,
	}
}

// left are the members that are not packed: memory, and the changes of the last minute.
var left = map[string]bool{"one": true, "index": true, "next": true, "times": true}

// check fails when a member is another one after it was packed, or is zero in the state that shows whether all is packed.
func check(t *testing.T, path string, want, got reflect.Value) {
	t.Helper()
	switch want.Kind() {
	case reflect.Struct:
		for i := range want.NumField() {
			if name := want.Type().Field(i).Name; !left[name] {
				check(t, path+"."+name, want.Field(i), got.Field(i))
			}
		}
	case reflect.Slice:
		if want.Len() == 0 || want.Len() != got.Len() {
			t.Errorf("%s has %d elements, had %d", path, got.Len(), want.Len())
			return
		}
		for i := range want.Len() {
			check(t, path, want.Index(i), got.Index(i))
		}
	default:
		if want.IsZero() || !want.Equal(got) {
			t.Errorf("%s is %v, was %v", path, got, want)
		}
	}
}

func packed(s *State) []byte {
	var c store.Codec
	c.Pack(nil)
	s.Pack(&c)
	return c.Packed()
}

// Everything that is kept of bodies is there again when it is unpacked, and goes on as before.
func TestPack(t *testing.T) {
	s := whole()
	var c store.Codec
	c.Unpack(packed(s))
	var after State
	if after.Pack(&c); c.Failed() || c.Rest() != 0 {
		t.Fatal("the packed state is damaged")
	}
	check(t, "state", reflect.ValueOf(*s), reflect.ValueOf(after))

	table := newTable(100)
	after.Adopt(table)
	if table.used != 3 || table.counters.Tracked[stats.TableResources] != 3 {
		t.Errorf("%d resources are counted", table.used)
	}
	after.Release(table)
	if table.used != 0 {
		t.Errorf("%d resources are counted at the end", table.used)
	}

	documents := []presence.Document{dialogs(false, "1=early", "2=trying"), dialogs(true, "1=confirmed"), dialogs(true, "1=terminated", "2=early")}
	want := observed(new(State), newTable(100), documents...)
	for n := range documents {
		var first, second State
		before, now := newTable(100), newTable(100)
		observed(&first, before, documents[:n]...)
		c.Unpack(packed(&first))
		second.Pack(&c)
		second.Adopt(now)
		if diff := cmp.Diff(want, observed(&second, now, documents[n:]...)); diff != "" {
			t.Errorf("packed before document %d: -never +packed\n%s", n, diff)
		}
	}
	var told []string
	whole().Presences(func(uri string, basic presence.Basic) { told = append(told, uri+" "+basic.String()) })
	if diff := cmp.Diff([]string{"sip:b@example.com open", "sip:b@example.com open"}, told); diff != "" {
		t.Error(diff)
	}
}

// Bytes that are damaged are refused, or read as another state that can be packed.
func FuzzPack(f *testing.F) {
	f.Add(packed(whole()))
	f.Add(packed(new(State)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var c store.Codec
		var s State
		c.Unpack(b)
		if s.Pack(&c); c.Failed() {
			return
		}
		s.Adopt(newTable(10))
		s.Fill(new(record.Subscription))
		var after State
		c.Unpack(packed(&s))
		if after.Pack(&c); c.Failed() {
			t.Error("what was unpacked cannot be packed and unpacked again")
		}
	})
}
