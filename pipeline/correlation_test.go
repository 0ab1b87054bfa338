package pipeline

import (
	"reflect"
	"testing"

	"sipspan/session/shard"
)

// TestCorrelationIsWhole gives every setting of the sessions a value of its own and looks for it in what the correlator is told.
func TestCorrelationIsWhole(t *testing.T) {
	var all shard.Config
	from := reflect.ValueOf(&all).Elem()
	for i := range from.NumField() {
		switch f := from.Field(i); f.Kind() {
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Bool:
			f.SetBool(true)
		}
	}
	to := reflect.ValueOf(correlation(&all))
	for i := range to.NumField() {
		name := to.Type().Field(i).Name
		if got, want := to.Field(i).Interface(), from.FieldByName(name).Interface(); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
