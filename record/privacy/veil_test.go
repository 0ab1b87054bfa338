package privacy

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

// every holds an empty record of each kind.
var every = []record.Record{
	&record.Call{}, &record.Registration{}, &record.Subscription{}, &record.Publication{}, &record.Message{}, &record.Transaction{},
	&record.Failure{}, &record.TLS{}, &record.Alert{}, &record.Stats{},
}

// TestEveryStringIsClassified finds a string that somebody has added to a record and nobody has thought about.
func TestEveryStringIsClassified(t *testing.T) {
	if len(every) != record.NumKinds {
		t.Fatalf("%d records, %d kinds", len(every), record.NumKinds)
	}
	used := map[string]bool{}
	var check func(s reflect.Type)
	check = func(s reflect.Type) {
		for i := range s.NumField() {
			f := s.Field(i)
			at := s.Name() + "." + f.Name
			if !f.IsExported() {
				t.Errorf("%s is not exported: the veil cannot reach it", at)
			}
			switch e := f.Type; e.Kind() {
			case reflect.Pointer, reflect.Slice:
				switch e.Elem().Kind() {
				case reflect.Struct:
					check(e.Elem())
					used[at] = classes[at] != unclassified && e.Elem() == reflect.TypeFor[record.Count]()
				case reflect.String:
					used[at] = true
				case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Array:
					t.Errorf("%s is of type %v, which the veil does not go through", at, e)
				}
			case reflect.Struct:
				check(e)
			case reflect.String:
				used[at] = true
			case reflect.Map, reflect.Interface, reflect.Array:
				t.Errorf("%s is of type %v, which the veil does not go through", at, e)
			}
			if used[at] && classes[at] == unclassified {
				t.Errorf("%s has no class", at)
			}
		}
	}
	for _, r := range every {
		check(reflect.TypeOf(r).Elem())
	}
	for at := range classes {
		if !used[at] {
			t.Errorf("%s has a class and is no string of a record", at)
		}
	}
}

// TestNothingIsForgotten fills every string of every record with an identity and looks whether it comes out.
func TestNothingIsForgotten(t *testing.T) {
	const secret = "Wenceslas"
	values := map[class]string{
		plain: "word", uri: `"` + secret + ` K." <sip:` + secret + `@example.com;opaque=` + secret + `;user=phone>`, name: secret + " K.", address: "192.0.2.77:5060",
		callID: secret + "@192.0.2.77", recordID: secret, device: secret, text: "no route to wenceslas at 192.0.2.77, sip:" + secret + "@192.0.2.77",
		activity: secret, personal: "I am " + secret,
	}
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Field(i)
			value := values[classesOf(v.Type())[i]]
			switch f.Kind() {
			case reflect.String:
				f.SetString(value)
			case reflect.Struct:
				fill(f)
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
				fill(f.Elem())
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
				if f.Index(0).Kind() == reflect.String {
					f.Index(0).SetString(value)
				} else if f.Index(0).Kind() == reflect.Struct {
					fill(f.Index(0))
				}
			}
		}
	}
	for _, mode := range []string{Pseudonym, Drop} {
		v := veil(t, Config{Identities: mode, Domains: Clear, Addresses: mode, CallIDs: Auto})
		for _, r := range every {
			full := reflect.New(reflect.TypeOf(r).Elem())
			fill(full.Elem())
			if a, ok := full.Interface().(*record.Alert); ok {
				// An alert does not say of a word that it is a name: its words are methods, codes, peers and addresses.
				a.Labels[0].Value = "sip:" + secret + "@192.0.2.77"
				a.Summary = "too much from 192.0.2.77:5060"
				a.Origin, a.LookAt, a.Command = "192.0.2.77", "the log of 192.0.2.77", "sipspan failures --peer 192.0.2.77"
				a.TopPeers[0].Name = "192.0.2.77"
				a.Symptoms[0].Summary, a.Symptoms[0].Labels[0].Value = a.Summary, "192.0.2.77"
			}
			if c, ok := full.Interface().(*record.TLS); ok {
				// The same is true of a connection, which no person takes part in.
				c.Subject, c.Cause = "CN=192.0.2.77", nil
			}
			clear := full.Interface().(record.Record)
			before := string(clear.AppendJSON(nil))
			out := string(v.Hide(clear).AppendJSON(nil))
			if found := regexp.MustCompile(`(?i)wenceslas|192\.0\.2\.77`).FindString(out); found != "" {
				t.Errorf("%s %v: %s in %s", mode, r.Kind(), found, out)
			}
			if after := string(clear.AppendJSON(nil)); after != before {
				t.Errorf("%v was changed", r.Kind())
			}
		}
	}
}

const testKey = "0123456789abcdef"

func veil(t testing.TB, c Config) *Veil {
	t.Helper()
	t.Setenv("TEST_KEY", testKey)
	c.KeyVariable = "TEST_KEY"
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNamesThatAreHiddenAreCountedTogether(t *testing.T) {
	a := &record.Alert{TopPeers: []record.Count{{Name: "192.0.2.7", Value: 3}, {Name: "trunk", Value: 2}, {Name: "192.0.2.8", Value: 1}}}
	v := veil(t, Config{Identities: Clear, Domains: Clear, Addresses: Drop, CallIDs: Auto})
	want := []record.Count{{Name: "…", Value: 4}, {Name: "trunk", Value: 2}}
	if got := v.Hide(a).(*record.Alert).TopPeers; !slices.Equal(got, want) {
		t.Errorf("%v, expected %v", got, want)
	}
}

func TestURI(t *testing.T) {
	v := veil(t, Config{Identities: Pseudonym, Domains: Clear, Addresses: Clear, CallIDs: Auto})
	d := veil(t, Config{Identities: Drop, Domains: Clear, Addresses: Drop, CallIDs: Auto})
	h := veil(t, Config{Identities: Pseudonym, Domains: Pseudonym, Addresses: Pseudonym, CallIDs: Auto})
	alice, number := v.mint.user("alice"), v.mint.user("+4930123456")
	example := h.host("example.com")
	for _, tt := range []struct{ in, pseudonym, drop, all string }{
		{"", "", "", ""},
		{"*", "*", "*", "*"},
		{"sip:alice@example.com", "sip:" + alice + "@example.com", "sip:example.com", "sip:" + alice + "@" + example},
		{"sips:%61lice:secret@example.com:5061;transport=tls?Subject=x", "sips:" + alice + "@example.com:5061;transport=tls", "sips:example.com:5061;transport=tls", "sips:" + alice + "@" + example + ":5061;transport=tls"},
		{"sip:example.com", "sip:example.com", "sip:example.com", "sip:" + example},
		{"sip:alice@192.0.2.1:5070;maddr=x;lr", "sip:" + alice + "@192.0.2.1:5070;lr", "", "sip:" + alice + "@" + h.host("192.0.2.1") + ":5070;lr"},
		{"tel:+49-30-123456;phone-context=x", "tel:" + number, "", "tel:" + number},
		{"sip:+49(30)123456@example.com;user=phone", "sip:" + number + "@example.com;user=phone", "sip:example.com;user=phone", "sip:" + number + "@" + example + ";user=phone"},
		{"alice@example.com", alice + "@example.com", "example.com", alice + "@" + example},
		{"alice", alice, "", alice},
		{"sip:0301234567", "sip:" + v.mint.user("0301234567"), "", "sip:" + v.mint.user("0301234567")},
		{"urn:service:sos", "urn:service:sos", "urn:service:sos", "urn:service:sos"},
		{"urn:uuid:alice", v.mint.user("urn:uuid:alice"), "", v.mint.user("urn:uuid:alice")},
		{"sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid", "sip:anonymous.invalid", "sip:anonymous@" + h.host("anonymous.invalid")},
		{`"Alice" <sip:alice@example.com;gr=x>;expires=60;+sip.instance="<urn:uuid:1>"`, `"` + v.mint.word(ofName, "Alice") + `" <sip:` + alice + "@example.com>;expires=60", "<sip:example.com>;expires=60",
			`"` + v.mint.word(ofName, "Alice") + `" <sip:` + alice + "@" + example + ">;expires=60"},
		{"sip:[2001:db8::1]:5060", "sip:[2001:db8::1]:5060", "", "sip:" + h.host("[2001:db8::1]") + ":5060"},
		{"sip:a@b;c@example.com", "sip:" + v.mint.user("a@b;c") + "@example.com", "sip:example.com", "sip:" + v.mint.user("a@b;c") + "@" + example},
	} {
		if got := v.uri(tt.in); got != tt.pseudonym {
			t.Errorf("pseudonym of %s: %s, want %s", tt.in, got, tt.pseudonym)
		}
		if got := d.uri(tt.in); got != tt.drop {
			t.Errorf("%s dropped: %s, want %s", tt.in, got, tt.drop)
		}
		if got := h.uri(tt.in); got != tt.all {
			t.Errorf("all of %s: %s, want %s", tt.in, got, tt.all)
		}
	}
}

func TestAddress(t *testing.T) {
	v := veil(t, Config{Identities: Clear, Domains: Clear, Addresses: Pseudonym, CallIDs: Auto})
	one := v.mint.address(netip.MustParseAddr("192.0.2.1")).String()
	if !strings.HasPrefix(one, "fd") {
		t.Error(one)
	}
	for in, want := range map[string]string{
		"": "", "192.0.2.1:5060": "[" + one + "]:5060", "192.0.2.1": one, "[::ffff:192.0.2.1]:1": "[" + one + "]:1", "pbx.example.com": "pbx.example.com",
	} {
		if got := v.address(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	v := veil(t, Config{Identities: Drop, Domains: Clear, Addresses: Drop, CallIDs: Clear})
	var known identities
	known.learn("sip:bob@example.com")
	known.learn("sip:al@example.com") // too short to be looked for
	known.addName("Bob Builder")
	for in, want := range map[string]string{
		"":                          "",
		"User BOB not found":        "User … not found",
		"bobsled and kebob stay":    "bobsled and kebob stay",
		"Bob Builder, bob":          "…, …",
		"al stays; al@x.example":    "al stays; x.example",
		"call sip:carol@x.example.": "call sip:x.example.",
		"dialled 0301234567":        "dialled …",
		"error 15000, id 1234":      "error 15000, id 1234",
		"from 192.0.2.1:5060 late":  "from …:5060 late",
		"from [2001:db8::1]:5060":   "from …:5060",
		"at 12:30:45":               "at 12:30:45",
		"<sip:bob@example.com>":     "<sip:example.com>",
	} {
		if got := v.text(in, &known); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestTheSameEverywhere checks what pseudonyms are for: records still belong together, and only who has the key makes them.
func TestTheSameEverywhere(t *testing.T) {
	config := Config{Identities: Pseudonym, Domains: Clear, Addresses: Pseudonym, CallIDs: Auto}
	v := veil(t, config)
	call := v.Hide(&record.Call{Header: record.Header{ID: "1", CallID: "a@b"}, From: record.Party{URI: "sip:alice@example.com"}, Caller: record.Endpoint{Addr: "192.0.2.1:5060"},
		Related: []record.Related{{CallID: "c@d"}}}).(*record.Call)
	reg := veil(t, config).Hide(&record.Registration{Header: record.Header{ID: "2", CallID: "c@d"}, AOR: "sips:alice@example.com", Src: "192.0.2.1:5062"}).(*record.Registration)
	user := strings.TrimSuffix(strings.TrimPrefix(call.From.URI, "sip:"), "@example.com")
	if len(user) != 16 || reg.AOR != "sips:"+user+"@example.com" {
		t.Errorf("%s and %s", call.From.URI, reg.AOR)
	}
	if call.Related[0].CallID != reg.CallID || reg.CallID == "c@d" {
		t.Errorf("%s and %s", call.Related[0].CallID, reg.CallID)
	}
	if strings.TrimSuffix(call.Caller.Addr, ":5060") != strings.TrimSuffix(reg.Src, ":5062") {
		t.Errorf("%s and %s", call.Caller.Addr, reg.Src)
	}
	t.Setenv("OTHER_KEY", testKey+"x")
	config.KeyVariable = "OTHER_KEY"
	other, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	if other.uri("sip:alice@example.com") == call.From.URI {
		t.Error("another key makes the same pseudonym")
	}
}

func TestClearIsClear(t *testing.T) {
	v, err := New(DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	r := &record.Message{From: record.Party{URI: "sip:alice@example.com"}, Text: "Watson, come here."}
	if got := v.Hide(r); got != record.Record(r) {
		t.Error("a copy was made")
	}
}

func TestConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(testKey+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*Config)) Config {
		c := DefaultConfig()
		f(&c)
		return c
	}
	for _, tt := range []struct {
		config       Config
		invalid, bad string
	}{
		{DefaultConfig(), "", ""},
		{change(func(c *Config) { c.Identities = "no"; c.Addresses = "x" }), `identities: "no": expected clear or pseudonym or drop` + "\n" + `addresses: "x": expected clear or pseudonym or drop`, ""},
		{change(func(c *Config) { c.Domains = Drop }), `domains: "drop": expected clear or pseudonym`, ""},
		{change(func(c *Config) { c.Identities = Pseudonym }), "key_file: missing: pseudonyms need a key, from key_file or key_variable", ""},
		{change(func(c *Config) { c.Identities = Drop }), "key_file: missing: pseudonyms need a key, from key_file or key_variable", ""}, // of the Call-IDs
		{change(func(c *Config) { c.Identities, c.CallIDs = Drop, Clear }), "", ""},
		{change(func(c *Config) { c.Identities, c.KeyFile = Pseudonym, file }), "", ""},
		{change(func(c *Config) { c.Identities, c.KeyFile = Pseudonym, short }), "", "3 bytes, expected at least 16"},
		{change(func(c *Config) { c.Identities, c.KeyFile = Pseudonym, file+"x" }), "", "no such file"},
		{change(func(c *Config) { c.Identities, c.KeyVariable = Pseudonym, "NO_SUCH_KEY" }), "", "environment variable NO_SUCH_KEY: 0 bytes"},
	} {
		if diff := cmp.Diff(tt.invalid, fmt.Sprint(errorText(tt.config.Validate()))); diff != "" {
			t.Error(diff)
		}
		if tt.invalid != "" {
			continue
		}
		if _, err := New(tt.config); !strings.Contains(errorText(err), tt.bad) || (err != nil) != (tt.bad != "") {
			t.Errorf("%+v: %v, want %s", tt.config, err, tt.bad)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzURI looks for a user part that comes through.
func FuzzURI(f *testing.F) {
	for _, s := range []string{"sip:%s@example.com", "tel:%s", `"%s" <sip:%s@h;x=%s>;y=%s`, "<%s", "%s", "sip:%s", "sip:h;user=%s", "sip:h?%s", "mailto:%s@%s", "sip::%s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, format string) {
		const secret = "wenceslas-7f3a91"
		v := veil(t, Config{Identities: Pseudonym, Domains: Pseudonym, Addresses: Pseudonym, CallIDs: Auto})
		if strings.Contains(v.uri(strings.ReplaceAll(format, "%s", secret)), secret) {
			t.Errorf("%q shows it: %s", format, v.uri(strings.ReplaceAll(format, "%s", secret)))
		}
	})
}

func BenchmarkHide(b *testing.B) {
	v := veil(b, Config{Identities: Pseudonym, Domains: Clear, Addresses: Pseudonym, CallIDs: Auto})
	r := &record.Call{
		Header: record.Header{ID: "1", CallID: "a@b"}, From: record.Party{URI: "sip:alice@example.com", Display: "Alice"}, To: record.Party{URI: "sip:bob@example.com"},
		RequestURI: "sip:bob@example.com", Reason: "OK", Caller: record.Endpoint{Addr: "192.0.2.1:5060", UserAgent: "Phone 1.0"},
		Hops: []record.Hop{{Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060"}},
	}
	b.ReportAllocs()
	for b.Loop() {
		v.Hide(r)
	}
}
