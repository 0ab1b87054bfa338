package config

import (
	"reflect"
	"strings"
	"time"
)

// Kind is the form of the value of a setting.
type Kind uint8

const (
	Text     Kind = iota // any text
	Bool                 // true or false
	Int                  // a whole number
	Float                // a number
	Size                 // a number of bytes: 65536, 64KiB
	Duration             // a span of time: 5s, 1m30s
	List                 // a list of texts
	Table                // a list of entries, each with keys and values of its own
)

var kindNames = [...]string{"text", "true or false", "whole number", "number", "size", "duration", "list of texts", "list of entries"}

func (k Kind) String() string { return kindNames[k] }

// Key describes one setting.
type Key struct {
	Name     string // capture.snaplen
	Kind     Kind
	Unsigned bool   // a negative number is impossible
	Default  any    // the value in Default()
	Unit     string // what a number counts: bytes, packets, sessions; empty where the kind is enough
	Sentence string // one sentence for the manual
	Reload   bool   // a reload applies a change while running
	Secret   bool   // the value is not shown, neither by WriteYAML nor in the text of a problem
	Address  bool   // the value is a URL, or a list of some, of which only scheme and host are shown
	Columns  []Key  // of a Table: what an entry may hold; their names stand alone

	index []int // of the field in Config
}

// Env is the name of the environment variable that sets the key.
func (k Key) Env() string { return envName(k.Name) }

// Value is the value of the key in c.
func (k Key) Value(c *Config) any {
	return reflect.ValueOf(c).Elem().FieldByIndex(k.index).Interface()
}

// Copy sets the value of the key in one configuration to that of another.
func (k Key) Copy(to, from *Config) {
	field := reflect.ValueOf(to).Elem().FieldByIndex(k.index)
	field.Set(reflect.ValueOf(from).Elem().FieldByIndex(k.index))
}

// Keys lists every setting in the order of the structs.
func Keys() []Key {
	c := Default()
	var keys []Key
	walk(reflect.ValueOf(&c).Elem(), "", nil, &keys)
	return keys
}

func walk(v reflect.Value, prefix string, index []int, keys *[]Key) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		at := append(index[:len(index):len(index)], i)
		if field.Type.Kind() == reflect.Struct {
			below := prefix + name + "."
			if options == "squash" {
				below = prefix
			}
			walk(v.Field(i), below, at, keys)
			continue
		}
		entry := entries[prefix+name]
		*keys = append(*keys, Key{
			Name:     prefix + name,
			Kind:     kindOf(elem(field.Type), entry.unit),
			Unsigned: reflect.Zero(elem(field.Type)).CanUint(),
			Default:  v.Field(i).Interface(),
			Unit:     entry.unit,
			Sentence: entry.sentence,
			Secret:   entry.secret,
			Address:  entry.address,
			Reload:   entry.reload,
			Columns:  columns(field.Type, prefix+name),
			index:    at,
		})
	}
}

// elem returns the type that a pointer points to. A column is a pointer where an absent value differs from zero.
func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// columns lists what an entry of a table may hold.
func columns(t reflect.Type, name string) []Key {
	if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	var all []Key
	below := name + "[]."
	walk(reflect.New(t.Elem()).Elem(), below, nil, &all)
	for i := range all {
		all[i].Name = strings.TrimPrefix(all[i].Name, below)
	}
	return all
}

// column returns the column of that name.
func (k Key) column(name string) (Key, bool) {
	for _, c := range k.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Key{}, false
}

// kindOf returns how a field is written. A whole number of bytes is a size.
func kindOf(t reflect.Type, unit string) Kind {
	if t == reflect.TypeFor[time.Duration]() {
		return Duration
	}
	switch t.Kind() {
	case reflect.Bool:
		return Bool
	case reflect.Float32, reflect.Float64:
		return Float
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return Table
		}
		return List
	case reflect.String:
		return Text
	}
	if unit == bytesUnit {
		return Size
	}
	return Int
}

// known maps the name of each key to it, and the name of each section to false.
func known() (keys map[string]Key, sections map[string]bool) {
	keys, sections = map[string]Key{}, map[string]bool{}
	for _, k := range Keys() {
		keys[k.Name] = k
		for name, ok := parent(k.Name); ok; name, ok = parent(name) {
			sections[name] = true
		}
	}
	return keys, sections
}

// parent is the section that a key or section stands in.
func parent(name string) (string, bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", false
	}
	return name[:i], true
}
