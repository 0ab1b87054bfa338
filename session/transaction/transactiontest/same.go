// Package transactiontest compares groups in tests, with all that only their packages know of their sessions.
package transactiontest

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"sipspan/session/store"
	"sipspan/session/transaction"
)

// elsewhere are the members of sessions that are not in their packed form, because they are part of the memory that a session
// works in or are set when it is thawed, and those whose packed form is tested where it is defined; in lower case.
var elsewhere = map[string]bool{
	"group": true, "call": true, "subscription": true, "latest": true, "held": true, "text": true, "arrival": true, "renewed": true, "node": true, "alarm": true,
	"ref": true, "hash": true, "requests": true, "subscriptions": true, "nextdeadline": true, "idle": true, "use": true, "evidence": true, "bytes": true, "_": true,
	"eventstate": true,
}

// SameGroup reports an error for all that a group with a call has kept before it was packed, and not afterwards. With whole,
// nothing may be zero before, so that a member which is not packed is noticed.
func SameGroup(tb testing.TB, before, after *transaction.Group, whole bool) {
	tb.Helper()
	(&comparison{tb: tb}).members("group", reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem())
	if (before.Call == nil) != (after.Call == nil) {
		tb.Fatal("the call came or went")
	}
	if before.Call != nil {
		SameSession(tb, before.Call, after.Call, whole)
	}
	if len(before.Requests) != len(after.Requests) {
		tb.Fatalf("%d requests, %d before", len(after.Requests), len(before.Requests))
	}
	for i, r := range before.Requests {
		x := after.Requests[i]
		SameRequest(tb, r, x, whole)
		if (r.Call == nil) != (x.Call == nil) || x.Call != nil && x.Call != after.Call || x.Group != after {
			tb.Error("the request belongs to another call or group")
		}
	}
}

// SameRequest does so for a request.
func SameRequest(tb testing.TB, before, after *transaction.Request, whole bool) {
	tb.Helper()
	c := &comparison{tb: tb, whole: whole}
	if before.Content != nil && after.Content != nil {
		c.before, c.after = before.Text.Bytes(), after.Text.Bytes()
	}
	c.members("request", reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem())
}

// SameSession does so for a call or a subscription.
func SameSession(tb testing.TB, before, after transaction.Session, whole bool) {
	tb.Helper()
	want, got := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	c := &comparison{tb, textOf(want), textOf(got), whole}
	c.members(want.Type().Name(), want, got)
	if e := want.FieldByName("evidence"); e.IsValid() && e.IsNil() != got.FieldByName("evidence").IsNil() {
		tb.Error("the evidence came or went")
	}
}

// textOf returns the text of a session.
func textOf(session reflect.Value) []byte {
	text := session.FieldByName("text")
	if !text.IsValid() {
		text = session.FieldByName("Text")
	}
	return text.FieldByName("buf").Bytes()
}

// comparison compares what a session keeps before it is packed and afterwards. Its strings then stand at other places of its
// text.
type comparison struct {
	tb            testing.TB
	before, after []byte // the text
	whole         bool
}

func (c *comparison) compare(path string, want, got reflect.Value) {
	c.tb.Helper()
	switch {
	case want.Type() == reflect.TypeFor[store.Piece]():
		if a, b := read(want, c.before), read(got, c.after); a != b || c.whole && a == "" {
			c.tb.Errorf("%s is %q, was %q", path, b, a)
		}
	case want.Type() == reflect.TypeFor[netip.AddrPort]():
		if a, b := fmt.Sprint(want), fmt.Sprint(got); a != b || c.whole && want.IsZero() {
			c.tb.Errorf("%s is %s, was %s", path, b, a)
		}
	case want.Kind() == reflect.Struct:
		c.members(path, want, got)
	case want.Kind() == reflect.Pointer:
		if want.IsNil() != got.IsNil() || c.whole && want.IsNil() {
			c.tb.Errorf("%s is %v, was %v", path, got, want)
		} else if !want.IsNil() {
			c.compare(path, want.Elem(), got.Elem())
		}
	case want.Kind() == reflect.Slice || want.Kind() == reflect.Array:
		if want.Len() != got.Len() || c.whole && want.Len() == 0 {
			c.tb.Errorf("%s has %d elements, had %d", path, got.Len(), want.Len())
			return
		}
		for i := range want.Len() {
			c.compare(path, want.Index(i), got.Index(i))
		}
	case c.whole && want.IsZero():
		c.tb.Errorf("%s is zero in the session that shows whether all is packed", path)
	case !want.Equal(got):
		c.tb.Errorf("%s is %v, was %v", path, got, want)
	}
}

// read returns the string that a piece is in a text.
func read(piece reflect.Value, text []byte) string {
	off, size := piece.FieldByName("Off").Uint(), piece.FieldByName("Len").Uint()
	return string(text[off : off+size])
}

func (c *comparison) members(path string, want, got reflect.Value) {
	c.tb.Helper()
	for i := range want.NumField() {
		if name := want.Type().Field(i).Name; !elsewhere[strings.ToLower(name)] {
			c.compare(path+"."+name, want.Field(i), got.Field(i))
		}
	}
}
