package privacy

import (
	"strings"
	"testing"

	"sipspan/record"
)

// What is shown beside the records is hidden by the same settings, and has the pseudonyms of the records.
func TestShown(t *testing.T) {
	t.Setenv("SHOWN_KEY", "a key of enough bytes")
	open := func(change func(*Config)) *Veil {
		c := DefaultConfig()
		c.KeyVariable = "SHOWN_KEY"
		change(&c)
		v, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	clear := open(func(*Config) {})
	if clear.CallID("a@b") != "a@b" || clear.Domain("example.com") != "example.com" || clear.UserAgent("phone 5551234567") != "phone 5551234567" {
		t.Error("something is hidden though nothing shall be")
	}
	v := open(func(c *Config) { c.Identities, c.Domains, c.Addresses = Pseudonym, Pseudonym, Drop })
	for what, got := range map[string]string{
		"a@b": v.CallID("a@b"), "example.com": v.Domain("example.com"), "5551234567": v.UserAgent("phone of 5551234567"),
	} {
		if got == "" || strings.Contains(got, what) {
			t.Errorf("%s is shown as %q", what, got)
		}
	}
	if v.Domain("Example.COM") != v.Domain("example.com") {
		t.Error("a domain has two pseudonyms")
	}
	if got := v.Address("192.0.2.1:5061") + clear.Address("192.0.2.1:5061"); got != "192.0.2.1:5061" {
		t.Errorf("an address is shown as %q, hidden and clear", got)
	}
	if got := v.Domain("192.0.2.1"); got != "" {
		t.Errorf("an address that shall be dropped is shown as %q", got)
	}
	written := v.Hide(&record.Message{Header: record.Header{CallID: "a@b"}}).Head().CallID
	if got := v.CallID("a@b"); got != written {
		t.Errorf("%q, in the records %q", got, written)
	}
}
