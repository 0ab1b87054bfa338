package record

import "bytes"

// reader finds the members of one record in a line of JSON. Objects and arrays are opened in the order in which the record
// describes itself; their members and items are found by name and by position.
type reader struct {
	line   []byte // valid JSON
	values []value
	frames []frame // the objects and arrays that are open, the innermost last
	err    *DecodeError
}

// value is a member of an object or an item of an array.
type value struct {
	name       []byte // nil for an item
	start, end int
}

// frame is an object or an array that is open.
type frame struct {
	name  string // of the member that holds it, "" for an item and for the record itself
	first int    // its values begin here in reader.values and go up to the end: what is inside it was closed
	next  int    // where find looks first: members mostly stand in the order in which they are asked for
	item  int    // of an array: the item that is read
	array bool
}

// newReader returns a reader with the object open that line holds.
func newReader(line []byte) *reader {
	r := &reader{line: line, values: make([]value, 0, 64), frames: make([]frame, 0, 4)}
	start := pastSpace(line, 0)
	if line[start] != '{' {
		r.fail("", start, "expected an object")
		r.frames = append(r.frames, frame{})
		return r
	}
	r.push("", start)
	return r
}

// push opens the object or array that begins at a place.
func (r *reader) push(name string, start int) {
	f := frame{name: name, first: len(r.values), array: r.line[start] == '[', item: -1}
	for i := pastSpace(r.line, start+1); r.line[i] != '}' && r.line[i] != ']'; {
		var v value
		if !f.array {
			end := pastString(r.line, i)
			v.name = nameOf(r.line[i:end])
			i = pastSpace(r.line, pastSpace(r.line, end)+1) // the colon
		}
		v.start, v.end = i, pastValue(r.line, i)
		r.values = append(r.values, v)
		if i = pastSpace(r.line, v.end); r.line[i] == ',' {
			i = pastSpace(r.line, i+1)
		}
	}
	r.frames = append(r.frames, f)
}

// nameOf returns what the string holds that is the name of a member.
func nameOf(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	return []byte(unquote(quoted))
}

// top returns the innermost object or array and its values.
func (r *reader) top() (*frame, []value) {
	f := &r.frames[len(r.frames)-1]
	return f, r.values[f.first:]
}

// find returns a member of the object that is open. One that is null is taken for absent.
func (r *reader) find(name string) (v value, ok bool) {
	if r.err != nil {
		return value{}, false
	}
	f, all := r.top()
	for n := range all {
		i := f.next + n
		if i >= len(all) {
			i -= len(all)
		}
		if string(all[i].name) == name {
			f.next = (i + 1) % len(all)
			return all[i], r.line[all[i].start] != 'n'
		}
	}
	return value{}, false
}

// has reports whether the object that is open has a member.
func (r *reader) has(name string) bool {
	_, ok := r.find(name)
	return ok
}

// beginning returns a member that has to begin with the given byte, as all values of one type do.
func (r *reader) beginning(name string, with byte, expected string) (v value, ok bool) {
	v, ok = r.find(name)
	if ok && r.line[v.start] != with {
		r.fail(name, v.start, "expected "+expected)
		return v, false
	}
	return v, ok
}

// open opens the object that is a member, if there is one.
func (r *reader) open(name string) bool {
	v, ok := r.beginning(name, '{', "an object")
	if ok {
		r.push(name, v.start)
	}
	return ok
}

// array opens the array that is a member, if there is one with items, and returns the number of these.
func (r *reader) array(name string) int {
	v, ok := r.beginning(name, '[', "an array")
	if !ok {
		return 0
	}
	r.push(name, v.start)
	_, all := r.top()
	if len(all) == 0 {
		r.shut()
	}
	return len(all)
}

// item opens the next item of the array that is open, an object.
func (r *reader) item() {
	f, all := r.top()
	f.item++
	start := all[f.item].start
	if r.line[start] != '{' {
		r.fail("", start, "expected an object")
		r.frames = append(r.frames, frame{first: len(r.values)}) // for shut
		return
	}
	r.push("", start)
}

// shut closes what open, array or item opened.
func (r *reader) shut() {
	last := len(r.frames) - 1
	r.values = r.values[:r.frames[last].first]
	r.frames = r.frames[:last]
}
