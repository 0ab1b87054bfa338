package session

import (
	"reflect"

	"sipspan/session/transaction"
)

// peek returns a member of a session that only its package knows.
func peek(s transaction.Session, path ...string) reflect.Value {
	v := reflect.ValueOf(s).Elem()
	for _, name := range path {
		v = v.FieldByName(name)
	}
	return v
}
