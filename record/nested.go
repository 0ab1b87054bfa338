package record

// The members of this file hold other members.

// open begins an object of its own under name; in a row its members get name as a prefix. It reports whether the members are
// to be described, and shut must then end them: in JSON when the object is present, in a row always, for there the cells of a
// missing object are empty, and in reading when it is there.
func (m *members) open(name string, present bool) bool {
	switch m.form {
	case toJSON:
		if present {
			m.key(name)
			m.json = append(m.json, '{')
		}
		return present
	case toRow:
		m.row.prefix = name + "_"
		return true
	default:
		return m.read.open(name)
	}
}

// shut ends what open and item began.
func (m *members) shut() {
	switch m.form {
	case toJSON:
		m.json = append(m.json, '}')
	case toRow:
		m.row.prefix = ""
	case fromJSON:
		m.read.shut()
	}
}

// object begins an object that is nil when it is missing, and makes it where it is read. It returns what is to be described:
// nil when nothing is, and a zero one for the empty cells of a row.
func object[T any](m *members, name string, p **T) (v *T, present bool) {
	present = *p != nil
	switch {
	case !m.open(name, present):
		return nil, false
	case m.form == fromJSON:
		*p = new(T)
		return *p, true
	case !present:
		return new(T), false
	}
	return *p, true
}

// array begins a list of objects, which is absent when it is empty, and makes its items where it is read. It is not for rows.
// It returns the items: each is to be described between item and shut, and after the last one end is called.
func array[T any](m *members, name string, list *[]T) []T {
	switch {
	case m.form == fromJSON:
		if n := m.read.array(name); n > 0 {
			*list = make([]T, n)
		}
	case len(*list) > 0:
		m.key(name)
		m.json = append(m.json, '[')
	}
	return *list
}

// item begins an object in a list.
func (m *members) item() {
	if m.form == fromJSON {
		m.read.item()
		return
	}
	m.comma()
	m.json = append(m.json, '{')
}

// end ends a list of n items that array began.
func (m *members) end(n int) {
	switch {
	case n == 0:
	case m.form == fromJSON:
		m.read.shut()
	default:
		m.json = append(m.json, ']')
	}
}

// named is a value out of a closed set, whose names are in the order of its constants.
func named[E ~uint8](m *members, member string, v *E, names []string) {
	if m.form == fromJSON {
		if i, ok := m.read.named(member, names); ok {
			*v = E(i)
		}
		return
	}
	m.text(member, &names[*v])
}
