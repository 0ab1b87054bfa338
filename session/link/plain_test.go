package link

import (
	"net/netip"
	"reflect"
	"testing"

	"sipspan/record"
)

// facts has one of each fact.
var facts = []Fact{
	Challenge{}, Credentials{}, Call{}, Key{}, Hold{}, Resume{}, OfferMissed{}, Move{}, Focus{}, Music{}, Refer{}, ReferJudged{}, ReferNotified{},
	Outcome{}, End{}, Watch{}, Refusal{}, Presence{}, NoPresence{},
}

// TestFactsArePlain looks at every field of what is announced: each can be written down, and none leads to the memory of a
// session.
func TestFactsArePlain(t *testing.T) {
	for _, f := range facts {
		checkPlain(t, reflect.TypeOf(f))
	}
	for _, finished := range []any{FinishedCall{}, FinishedSubscription{}, FinishedRegistration{}} {
		of := reflect.TypeOf(finished)
		if _, ok := reflect.Zero(reflect.PointerTo(of)).Interface().(record.Record); !ok {
			t.Errorf("%v is no record", of)
		}
		for i := range of.NumField() {
			if f := of.Field(i); !f.Anonymous { // the record itself
				checkPlain(t, f.Type)
			}
		}
	}
}

func checkPlain(t *testing.T, of reflect.Type) {
	t.Helper()
	switch of.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64:
	case reflect.Slice:
		checkPlain(t, of.Elem())
	case reflect.Struct:
		if of == reflect.TypeFor[netip.AddrPort]() {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			if !f.IsExported() {
				t.Errorf("%v.%s is not exported", of, f.Name)
			}
			checkPlain(t, f.Type)
		}
	default:
		t.Errorf("%v is no plain value", of)
	}
}

func TestSides(t *testing.T) {
	if CallerSide.Other() != CalleeSide || CalleeSide.Other() != CallerSide || CallerSide.String() != "caller" || CalleeSide.String() != "callee" {
		t.Error("the sides of a call are mixed up")
	}
}

func TestSharedKeys(t *testing.T) {
	for k := range KeyKind(NumKeyKinds) {
		if want := k == KeySessionID || k == KeyICID || k == KeyConversation || k == KeyCallID || k == KeyCorrelation; k.Shared() != want {
			t.Errorf("kind %d: shared is %v", k, !want)
		}
	}
}
