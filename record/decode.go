package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Decode returns the record that AppendJSON wrote as line, which may have white space around it. The record does not refer
// to line.
//
// What is written comes back exactly: appending the record again gives the same bytes. Fields that are documented as not
// written are zero, and what line does not hold is unknown. Members that this program does not know are ignored; a kind, a
// version or a value of a closed set that it does not know is an error. Every error is a *DecodeError.
func Decode(line []byte) (Record, error) {
	if err := valid(line); err != nil {
		return nil, err
	}
	r := newReader(line)
	record, err := r.blank()
	if err != nil {
		return nil, err
	}
	describe(record, &members{form: fromJSON, read: r})
	if r.err != nil {
		return nil, r.err
	}
	return record, nil
}

// DecodeError says where a line is not the record that it should be.
type DecodeError struct {
	Member string // the path of the member, such as "hops[1].status"; "" for the line itself
	Offset int    // bytes of the line before the value that is meant
	Text   string // what is wrong
}

// Error names the member, the offset and what is wrong.
func (e *DecodeError) Error() string {
	if e.Member == "" {
		return fmt.Sprintf("record: byte %d: %s", e.Offset, e.Text)
	}
	return fmt.Sprintf("record: member %s at byte %d: %s", e.Member, e.Offset, e.Text)
}

// valid returns an error unless line is JSON.
func valid(line []byte) error {
	if json.Valid(line) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(line, &raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return &DecodeError{Offset: int(syntax.Offset), Text: syntax.Error()}
	}
	return &DecodeError{Text: fmt.Sprint(err)}
}

// blank returns an empty record of the kind that the line names.
func (r *reader) blank() (Record, error) {
	var kind string
	var version int
	r.text("record", &kind)
	r.number("version", &version)
	v, _ := r.find("record")
	k := slices.Index(kindNames[:], kind)
	switch at, _ := r.find("version"); {
	case r.err != nil:
	case k < 0:
		r.fail("record", v.start, "unknown kind "+strconv.Quote(kind))
	case version != Version:
		r.fail("version", at.start, fmt.Sprintf("expected version %d", Version))
	}
	if r.err != nil {
		return nil, r.err
	}
	return blanks[k](), nil
}

// blanks makes an empty record of every kind.
var blanks = [NumKinds]func() Record{
	KindCall:         func() Record { return &Call{} },
	KindRegistration: func() Record { return &Registration{} },
	KindSubscription: func() Record { return &Subscription{} },
	KindPublication:  func() Record { return &Publication{} },
	KindMessage:      func() Record { return &Message{} },
	KindTransaction:  func() Record { return &Transaction{} },
	KindFailure:      func() Record { return &Failure{} },
	KindTLS:          func() Record { return &TLS{} },
	KindAlert:        func() Record { return &Alert{} },
	KindStats:        func() Record { return &Stats{} },
}

// fail notes what is wrong with a member of the object that is open; what was noted first stays.
func (r *reader) fail(name string, offset int, text string) {
	if r.err != nil {
		return
	}
	var path strings.Builder
	step := func(name string) {
		if path.Len() > 0 && name != "" {
			path.WriteByte('.')
		}
		path.WriteString(name)
	}
	for _, f := range r.frames {
		step(f.name)
		if f.array {
			fmt.Fprintf(&path, "[%d]", f.item)
		}
	}
	step(name)
	r.err = &DecodeError{Member: path.String(), Offset: offset, Text: text}
}
