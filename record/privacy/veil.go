package privacy

import (
	"reflect"
	"slices"
	"strings"

	"sipspan/record"
)

// Veil hides what its configuration sets. It may be used from any goroutine.
type Veil struct {
	config Config
	mint   *mint
}

// New returns a veil with its key.
func New(c Config) (*Veil, error) {
	v := &Veil{config: c}
	if c.needsKey() && !c.clear() {
		key, err := c.key()
		if err != nil {
			return nil, err
		}
		v.mint = newMint(key)
	}
	return v, nil
}

// Put returns a function that passes records to next with everything hidden that the configuration hides.
func (v *Veil) Put(next func(record.Record)) func(record.Record) {
	if v.config.clear() {
		return next
	}
	return func(r record.Record) { next(v.Hide(r)) }
}

// Hide returns a record as it may be written. The record itself is not changed.
func (v *Veil) Hide(r record.Record) record.Record {
	if v.config.clear() {
		return r
	}
	w := walk{veil: v}
	original := reflect.ValueOf(r).Elem()
	w.known.callID = r.Head().CallID
	w.learn(original)
	hidden := reflect.New(original.Type())
	w.hide(hidden.Elem(), original)
	return hidden.Interface().(record.Record)
}

// walk visits one record twice: first to learn the identities that it names, then to hide them.
type walk struct {
	veil  *Veil
	known identities
}

// learn adds the identities in v and everything below it.
func (w *walk) learn(v reflect.Value) {
	of := classesOf(v.Type())
	for i := range of {
		f := v.Field(i)
		switch f.Kind() {
		case reflect.String:
			w.learnText(of[i], f.String())
		case reflect.Struct:
			w.learn(f)
		case reflect.Pointer:
			if !f.IsNil() {
				w.learn(f.Elem())
			}
		case reflect.Slice:
			for j := range f.Len() {
				switch x := f.Index(j); x.Kind() {
				case reflect.String:
					w.learnText(of[i], x.String())
				case reflect.Struct:
					w.learn(x)
				}
			}
		}
	}
}

func (w *walk) learnText(c class, s string) {
	switch c {
	case uri:
		w.known.learn(s)
	case name:
		w.known.addName(s)
	}
}

// hide sets dst to the form in which src may be written.
func (w *walk) hide(dst, src reflect.Value) {
	dst.Set(src)
	of := classesOf(src.Type())
	for i := range of {
		to, from := dst.Field(i), src.Field(i)
		switch from.Kind() {
		case reflect.String:
			to.SetString(w.text(of[i], from.String()))
		case reflect.Struct:
			w.hide(to, from)
		case reflect.Pointer:
			if !from.IsNil() {
				to.Set(reflect.New(from.Type().Elem()))
				w.hide(to.Elem(), from.Elem())
			}
		case reflect.Slice:
			w.hideList(to, from, of[i])
		}
	}
}

// hideList hides the items of a list. Texts that become empty are left out. Names that are counted are words, unless the list has a class.
func (w *walk) hideList(to, from reflect.Value, c class) {
	if from.IsNil() {
		return
	}
	if counts, ok := from.Interface().([]record.Count); ok && c != unclassified {
		to.Set(reflect.ValueOf(w.counts(counts, c)))
		return
	}
	list := reflect.MakeSlice(from.Type(), 0, from.Len())
	for i := range from.Len() {
		item := reflect.New(from.Type().Elem()).Elem()
		switch item.Kind() {
		case reflect.String:
			s := w.text(c, from.Index(i).String())
			if s == "" {
				continue
			}
			item.SetString(s)
		case reflect.Struct:
			w.hide(item, from.Index(i))
		default:
			item.Set(from.Index(i))
		}
		list = reflect.Append(list, item)
	}
	to.Set(list)
}

// counts hides names that are counted. Those that look the same then are counted together.
func (w *walk) counts(list []record.Count, c class) []record.Count {
	hidden := make([]record.Count, 0, len(list))
	for _, n := range list {
		n.Name = w.text(c, n.Name)
		if i := slices.IndexFunc(hidden, func(h record.Count) bool { return h.Name == n.Name }); i >= 0 {
			hidden[i].Value += n.Value
			continue
		}
		hidden = append(hidden, n)
	}
	return hidden
}

// text returns a string of that class as it may be written.
func (w *walk) text(c class, s string) string {
	v := w.veil
	switch {
	case s == "":
		return ""
	case c == plain:
		return s
	case c == uri:
		return v.uri(s)
	case c == name:
		return v.name(s)
	case c == address:
		return v.address(s)
	case c == callID:
		return v.callID(s)
	case c == tag:
		return v.tag(s)
	case c == recordID:
		if v.config.hidesCallIDs() {
			return v.mint.hex(ofRecord, s)
		}
		return s
	case c == text:
		return v.text(s, &w.known)
	case v.config.Identities == Clear, c == activity && activities[s]:
		return s
	case c == device && v.config.Identities == Pseudonym:
		return v.mint.word(ofDevice, strings.ToLower(s))
	}
	return ""
}

// callID returns a Call-ID as it may be written.
func (v *Veil) callID(s string) string {
	if s == "" || !v.config.hidesCallIDs() {
		return s
	}
	return v.mint.word(ofCallID, s)
}

// tag returns the tag of a dialog or an entity as it may be written: hidden where the Call-IDs are.
func (v *Veil) tag(s string) string {
	if !v.config.hidesCallIDs() {
		return s
	}
	return v.mint.word(ofTag, s)
}
