package correlate

import (
	"bytes"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/store"
)

// wholeBinding returns a binding with a record in which nothing is zero that is packed.
func wholeBinding() binding {
	return binding{
		uri: "sip:u@192.0.2.1", asked: "sip:u@192.0.2.1;ob", instance: 1 << 63, flow: 2, callID: "c1", agent: "Phone", silent: true, expires: 1_700_000_900e9,
		src: netip.MustParseAddrPort("192.0.2.1:5060"), server: netip.MustParseAddrPort("[2001:db8::1]:5061"), due: 1_700_000_800e9,
		record: &record.Registration{
			Header: record.Header{
				ID: "id", Sensor: "probe", Start: 1_700_000_000e9, End: 1_700_000_001e9, CallID: "c1", Peers: record.Peers{From: "site", To: "carrier"},
				Confidence: record.Confidence{Flags: record.Restart, Gap: record.Elapsed{D: time.Minute, Known: true, From: 1_700_000_000e9}}, Session: firstNumber + 7,
			},
			AOR: "sip:u@example.com", Contacts: []string{"sip:u@192.0.2.1", "sip:u@192.0.2.9"}, Expires: 3600, Outcome: record.Registered, Status: 200,
			Reason: "OK", RRD: record.Elapsed{D: time.Second, Known: true, From: 1_700_000_000e9}, Challenged: true, UserAgent: "Phone",
			Src: "192.0.2.1:5060", Dst: "[2001:db8::1]:5061",
			Cause: &record.Cause{Source: "sip", Code: "200", Text: "x", Origin: "192.0.2.1:5060", Explanation: "y", Evidence: []record.Evidence{{Time: 5, What: "z"}}, RetryAfter: 3},
		},
	}
}

// transient are the members that are not packed: they count while a message is in hand, are for statistics that were counted,
// name a place of the run that made the record, or are those of calls.
var transient = map[string]bool{"listed": true, "fresh": true, "Tries": true, "Place": true, "Capture": true, "Correlation": true}

// complete fails when a member is zero in the value that shows whether all is packed.
func complete(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[netip.AddrPort](), v.Kind() != reflect.Struct && v.Kind() != reflect.Pointer:
		if v.IsZero() {
			t.Errorf("%s is zero", path)
		}
	case v.Kind() == reflect.Pointer:
		complete(t, path, v.Elem())
	default:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; !transient[name] {
				complete(t, path+"."+name, v.Field(i))
			}
		}
	}
}

func packedBinding(key uint64, b *binding) []byte {
	var c store.Codec
	c.Pack(nil)
	packBinding(&c, &key, b)
	return bytes.Clone(c.Packed())
}

// Everything that is kept of a binding is there again when it is unpacked.
func TestPackedBindingIsWhole(t *testing.T) {
	want := wholeBinding()
	complete(t, "binding", reflect.ValueOf(want))
	var c store.Codec
	var got binding
	var key uint64
	c.Unpack(packedBinding(1<<60, &want))
	if packBinding(&c, &key, &got); c.Failed() || c.Rest() != 0 || key != 1<<60 {
		t.Fatal("the packed binding is damaged")
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(binding{}), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
	other := packedBinding(1, &want)
	other[0]++
	if New(Config{}, nil).Resume(&store.Kept{Number: firstNumber, Packed: other}) {
		t.Error("another version is not refused")
	}
}

// phones registers devices with a correlator.
type phones struct {
	*Correlator
	records []*record.Registration
}

func newPhones() *phones {
	p := new(phones)
	cfg := Config{MaxRegistrations: 100, T1: 500 * time.Millisecond, RegistrationWait: 2 * time.Hour}
	p.Correlator = New(cfg, func(r record.Record) { p.records = append(p.records, r.(*record.Registration)) })
	return p
}

// register binds the contact of a user for an hour, at a second.
func (p *phones) register(user string, second int64) {
	contact := "sip:" + user + "@192.0.2.1"
	at := second * 1e9
	p.Emit(at, &link.FinishedRegistration{
		Registration: &record.Registration{
			Header: record.Header{CallID: user, Start: at, End: at}, AOR: "sip:" + user + "@example.com", Contacts: []string{contact}, Expires: 3600,
			Outcome: record.Registered, Status: 200, UserAgent: "Phone " + user,
		},
		Asked: contact, Own: 0, Wanted: 1, Listed: []link.Binding{{URI: contact, Seconds: 3600}},
	})
	p.Advance(at + 1)
}

// move hands the bindings of a correlator to another one. hand is Suspend, or what Pack does.
func (p *phones) move(t *testing.T, hand func(*phones, func(uint64, []byte)), written map[uint64]bool) *phones {
	t.Helper()
	next := newPhones()
	hand(p, func(number uint64, packed []byte) {
		k := store.Kept{Number: number, Packed: bytes.Clone(packed), Gap: time.Minute, Written: written[number]}
		if !IsBinding(number) || !next.Resume(&k) {
			t.Errorf("binding %d cannot be taken up", number)
		}
	})
	return next
}

// A registration that waits for what becomes of its binding is one record, whatever happens in between, and says that there was a
// restart. That nobody is seen to renew it is no loss then.
func TestRestartOfBindings(t *testing.T) {
	for name, hand := range map[string]func(*phones, func(uint64, []byte)){
		"stopped": func(p *phones, save func(uint64, []byte)) { p.Suspend(save) },
		"packed": func(p *phones, save func(uint64, []byte)) {
			for part := range 3 {
				p.Pack(part, 3, save)
			}
		},
	} {
		p := newPhones()
		p.register("a", 10)
		p.register("b", 20)
		next := p.move(t, hand, nil)
		if p.Close(); name == "stopped" && len(p.records) != 0 {
			t.Errorf("%s: %d records are written before the restart", name, len(p.records))
		}
		if n := next.counters.RegistrationsActive; n != 2 {
			t.Errorf("%s: %d bindings are active", name, n)
		}
		next.register("a", 1810)
		if len(next.records) != 1 || next.records[0].CallID != "a" {
			t.Fatalf("%s: %d records when the binding is renewed", name, len(next.records))
		}
		again := next.move(t, hand, nil)
		again.Advance(3700 * 1e9) // b has not renewed it, as far as was seen
		if len(again.records) != 1 || again.counters.RegistrationsActive != 1 {
			t.Fatalf("%s: %d records, %d bindings are active", name, len(again.records), again.counters.RegistrationsActive)
		}
		again.Close()
		for i, r := range append(next.records[:1:1], again.records...) {
			gap, user := time.Minute, []string{"a", "b", "a"}[i]
			if user == "b" {
				gap *= 2
			}
			if r.CallID != user || r.Confidence.Flags != record.Restart || r.Confidence.Gap.D != gap || r.Cause != nil || r.Session == 0 {
				t.Errorf("%s: %s %v %v %v", name, r.CallID, r.Confidence.Flags.AppendNames(nil), r.Confidence.Gap, r.Cause)
			}
		}
	}
}

// Each registration is handed on when its record begins to wait, under its own number, and is not taken up when it was written.
func TestWaits(t *testing.T) {
	p := newPhones()
	var numbers []uint64
	known := make(map[uint64][]byte)
	p.Waits = func(number uint64, packed []byte) {
		numbers = append(numbers, number)
		known[number] = bytes.Clone(packed)
	}
	p.register("a", 10)
	p.register("b", 20)
	p.register("a", 1810)
	if len(known) != 3 || len(p.records) != 1 || p.records[0].Session != numbers[0] {
		t.Fatalf("%d registrations wait, records: %v", len(known), p.records)
	}
	next := p.move(t, func(_ *phones, save func(uint64, []byte)) {
		for _, number := range numbers {
			save(number, known[number])
		}
	}, map[uint64]bool{numbers[0]: true})
	next.register("c", 1900)
	next.Close()
	var users []string
	for _, r := range next.records {
		users = append(users, r.CallID)
		if r.CallID == "c" && r.Session <= numbers[2] {
			t.Errorf("number %d is given out twice", r.Session)
		}
	}
	if diff := cmp.Diff([]string{"b", "a", "c"}, users); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// Bytes that are damaged are refused, or read as another binding.
func FuzzResume(f *testing.F) {
	whole, empty := wholeBinding(), binding{record: &record.Registration{}}
	f.Add(packedBinding(1, &whole))
	f.Add(packedBinding(2, &empty))
	f.Fuzz(func(t *testing.T, packed []byte) {
		p := newPhones()
		if !p.Resume(&store.Kept{Number: firstNumber + 1, Packed: packed}) {
			return
		}
		next := p.move(t, func(p *phones, save func(uint64, []byte)) { p.Pack(0, 1, save) }, nil)
		if next.Close(); len(next.records) != 1 {
			t.Errorf("%d records", len(next.records))
		}
	})
}
