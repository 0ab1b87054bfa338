//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// expectation is a record as far as it is known beforehand, in JSON. Members that it does not name may be anything. A
// member with the value "*" must be there, with null it must be absent; a number must be the same, and a text too. A list
// has its items in that order, {"in any order":[…]} in any.
// $caller, $phone, $phone2 and $proxy stand for addresses, $name for the scenario.
type expectation string

// differences says where a value is not what is wanted.
func differences(path string, want, got any, present bool) []string {
	switch want := want.(type) {
	case nil:
		if present {
			return []string{fmt.Sprintf("%s: is %v, want none", path, got)}
		}
		return nil
	case row:
		return differences(path, map[string]any(want), got, present)
	case map[string]any:
		if items, ok := want[anyOrder].([]any); ok {
			return unordered(path, items, got)
		}
		members, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: is %v, want an object", path, got)}
		}
		var all []string
		for name, w := range want {
			g, there := members[name]
			all = append(all, differences(strings.TrimPrefix(path+"."+name, "."), w, g, there)...)
		}
		slices.Sort(all)
		return all
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			return []string{fmt.Sprintf("%s: is %v, want %d items", path, got, len(want))}
		}
		var all []string
		for i, w := range want {
			all = append(all, differences(fmt.Sprintf("%s[%d]", path, i), w, items[i], true)...)
		}
		return all
	case string:
		if want == "*" && present {
			return nil
		}
	}
	if !present || !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s: is %v, want %v", path, got, want)}
	}
	return nil
}

// anyOrder is the only member of what stands for a list whose order is not known.
const anyOrder = "in any order"

// unordered says which items of a list are not there.
func unordered(path string, want []any, got any) []string {
	items, ok := got.([]any)
	if !ok || len(items) != len(want) {
		return []string{fmt.Sprintf("%s: is %v, want %d items", path, got, len(want))}
	}
	rest := slices.Clone(items)
	var all []string
	for _, w := range want {
		i := slices.IndexFunc(rest, func(g any) bool { return len(differences("", w, g, true)) == 0 })
		if i < 0 {
			all = append(all, fmt.Sprintf("%s: is %v, and none of them is %v", path, got, w))
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return all
}

// accompanies reports whether r is the record of one of the transactions that another record is about, such as the BYE of
// a call. The test asks for the records of all transactions, and so gets them too.
func accompanies(r row, got []row) bool {
	return r.kind() == "transaction" && slices.ContainsFunc(got, func(g row) bool {
		return (g.kind() == "call" || g.kind() == "subscription") && g.callID() == r.callID()
	})
}

// expect holds the records of one scenario to what is expected of it: each expectation is met by a record of its own, and
// no other record is there but those of the transactions within, and those that may come besides.
func expect(t *testing.T, want, besides, got []row) {
	t.Helper()
	rest := slices.Clone(got)
	for _, w := range want {
		var nearest []string
		found := -1
		for i, r := range rest {
			if r.kind() != w.kind() || w.callID() != r.callID() && w.callID() != "*" {
				continue
			}
			d := differences("", w, map[string]any(r), true)
			if len(d) == 0 {
				found = i
				break
			}
			if nearest == nil || len(d) < len(nearest) {
				nearest = append(d, "in "+compact(r))
			}
		}
		if found < 0 {
			t.Errorf("no record is %s\nthe nearest differs:\n  %s", compact(w), strings.Join(nearest, "\n  "))
			continue
		}
		rest = slices.Delete(rest, found, found+1)
	}
	for _, r := range rest {
		comes := func(b row) bool { return len(differences("", b, map[string]any(r), true)) == 0 }
		if accompanies(r, got) || slices.ContainsFunc(besides, comes) {
			continue
		}
		t.Errorf("nobody expects %s", compact(r))
	}
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct{ want, got, said string }{
		{`{"a":1,"b":"x","c":{"d":true}}`, `{"a":1,"b":"x","c":{"d":true,"e":2},"f":3}`, ""},
		{`{"a":"*","b":null}`, `{"a":[]}`, ""},
		{`{"a":"*"}`, `{}`, "a: is <nil>, want *"},
		{`{"b":null}`, `{"b":0}`, "b: is 0, want none"},
		{`{"a":1}`, `{"a":2}`, "a: is 2, want 1"},
		{`{"a":1}`, `{"a":"1"}`, "a: is 1, want 1"},
		{`{"a":{"b":1}}`, `{"a":{}}`, "a.b: is <nil>, want 1"},
		{`{"a":{"b":1}}`, `{}`, "a: is <nil>, want an object"},
		{`{"a":[{"b":1},{"b":2}]}`, `{"a":[{"b":1},{"b":3,"c":0}]}`, "a[1].b: is 3, want 2"},
		{`{"a":{"in any order":[{"b":1},{"b":2}]}}`, `{"a":[{"b":2,"c":0},{"b":1}]}`, ""},
		{`{"a":{"in any order":[1,1]}}`, `{"a":[1,2]}`, "a: is [1 2], and none of them is 1"},
		{`{"a":{"in any order":[1]}}`, `{"a":[1,2]}`, "a: is [1 2], want 1 items"},
		{`{"a":{"in any order":[1]}}`, `{"a":1}`, "a: is 1, want 1 items"},
		{`{"a":[]}`, `{"a":[1]}`, "a: is [1], want 0 items"},
	} {
		rows := parseRows(t, []byte(c.want+"\n"+c.got+"\n"))
		if said := strings.Join(differences("", rows[0], map[string]any(rows[1]), true), "; "); said != c.said {
			t.Errorf("%s of %s: %q, want %q", c.want, c.got, said, c.said)
		}
	}
}

func compact(r row) string {
	line, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(line)
}
