package choose

import (
	"encoding/json"
	"reflect"
	"testing"

	"sipspan/record"
)

// fill gives every field of a value something that is written.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(0.5)
	}
}

// Every member that a record can have is a name in expressions, with its type, and there is no other name.
func TestMembersAreThoseOfTheRecords(t *testing.T) {
	used := map[string]bool{}
	for _, r := range []record.Record{
		&record.Call{}, &record.Registration{}, &record.Subscription{}, &record.Publication{}, &record.Message{}, &record.Transaction{}, &record.Failure{},
		&record.TLS{}, &record.Alert{},
	} {
		fill(reflect.ValueOf(r).Elem())
		var all map[string]any
		if err := json.Unmarshal(r.AppendJSON(nil), &all); err != nil {
			t.Fatal(err)
		}
		compare(t, r.Kind().String(), "", members, all, used)
	}
	for _, name := range Members() {
		if !used[name] {
			t.Errorf("no record has %s", name)
		}
	}
}

func compare(t *testing.T, kind, prefix string, expected object, all map[string]any, used map[string]bool) {
	for name, v := range all {
		path := prefix + name
		used[path] = true
		good := false
		switch m := expected[name].(type) {
		case textMember, timeMember:
			_, good = v.(string)
		case numberMember:
			_, good = v.(float64)
		case truthMember:
			_, good = v.(bool)
		case textsMember:
			_, good = v.([]any)[0].(string)
		case object:
			if inner, ok := v.(map[string]any); ok {
				compare(t, kind, path+".", m, inner, used)
				good = true
			}
		case objects:
			if list, ok := v.([]any); ok {
				compare(t, kind, path+"[].", m.of, list[0].(map[string]any), used)
				good = true
			}
		case named:
			_, good = v.(map[string]any)
		}
		if !good {
			t.Errorf("%s: %s is %T and not in the names of expressions as such", kind, path, v)
		}
		if _, truth := v.(bool); good && !truth && !known(expected[name].value(v)) {
			t.Errorf("%s: %s is not known", kind, path)
		}
	}
}
