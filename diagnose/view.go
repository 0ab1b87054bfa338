package diagnose

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
)

// view is a case with its messages parsed. Messages are large and are reused.
type view struct {
	c                 *evidence.Case
	response, closing *sip.Message // nil when they are missing or cannot be read
	storage           [3]sip.Message

	asking     *sip.Message // the request, once it was asked for, see request
	askingRead bool

	// The messages that may say why, the one that knows best first: the response to what failed, and the request that ended
	// a session.
	speakers []*sip.Message

	said        []saidReason // what they say in Reason, once it was asked for
	reasonsRead bool

	tries []try          // scratch of readTries
	round [2]sip.Message // likewise: a request and the response to it

	text    []byte // scratch for sentences
	spelled string // the reason phrase, once it was asked for
	places  [4]place
}

// place is an address with its text: the same few are named again and again.
type place struct {
	addr netip.AddrPort
	text string
}

// at writes an address.
func (v *view) at(a netip.AddrPort) string {
	for i := range v.places {
		p := &v.places[i]
		if p.text == "" {
			*p = place{a, a.String()}
		}
		if p.addr == a {
			return p.text
		}
	}
	return a.String()
}

var views = sync.Pool{New: func() any { return new(view) }}

func newView(c *evidence.Case) *view {
	v := views.Get().(*view)
	v.c = c
	v.response = parse(&v.storage[1], c.Response)
	v.closing = parse(&v.storage[2], c.Closing)
	v.findSpeakers()
	return v
}

// request is the request, nil when it is missing or cannot be read. Most rules do not ask for it.
func (v *view) request() *sip.Message {
	if !v.askingRead {
		v.askingRead = true
		v.asking = parse(&v.storage[0], v.c.Request)
	}
	return v.asking
}

// release returns v for the next case; nothing of it may be used any more.
func (v *view) release() {
	for i := range v.storage {
		_ = v.storage[i].Parse(nil) // refer to no bytes any more
	}
	for i := range v.round {
		_ = v.round[i].Parse(nil)
	}
	v.c, v.asking, v.askingRead, v.response, v.closing = nil, nil, false, nil, nil
	clear(v.speakers)
	clear(v.said)
	clear(v.tries)
	v.tries = v.tries[:0]
	v.said, v.reasonsRead = v.said[:0], false
	v.spelled, v.places = "", [4]place{}
	views.Put(v)
}

func parse(m *sip.Message, raw []byte) *sip.Message {
	if len(raw) == 0 || m.Parse(raw) != nil {
		return nil
	}
	return m
}

// ended reports whether the case is about how a call ended that was not refused.
func (v *view) ended() bool {
	return v.c.Status < 300 && (v.c.Method == "BYE" || v.closing != nil && v.closing.Method == sip.BYE)
}

func (v *view) findSpeakers() {
	all := v.speakers[:0]
	if v.response != nil && v.c.Status >= 300 {
		all = append(all, v.response)
	}
	if v.closing != nil && (v.closing.Method != sip.CANCEL || v.c.Status == 0 || v.c.Status == 487) {
		all = append(all, v.closing) // a CANCEL that any other final response overtook ended nothing
	}
	if v.c.Method == "BYE" || v.c.Method == "CANCEL" {
		if r := v.request(); r != nil && (r.Method == sip.BYE || r.Method == sip.CANCEL) {
			all = append(all, r)
		}
	}
	v.speakers = all
}

// origin names the element that decided: where the final response came from, or whom the request did not reach.
func (v *view) origin() string {
	switch {
	case v.c.Origin.IsValid():
		return v.at(v.c.Origin)
	case len(v.c.Path) > 0:
		return v.at(v.farthest().Dst)
	case v.c.Dst.IsValid():
		return v.at(v.c.Dst)
	}
	return ""
}

// farthest is the last hop of the way with the status that the sender was told.
func (v *view) farthest() evidence.Hop {
	last := v.c.Path[0]
	for _, h := range v.c.Path[1:] {
		if h.Status == v.c.Status {
			last = h
		}
	}
	return last
}

// phrase is the reason phrase, or the registered one.
func (v *view) phrase() string {
	if v.spelled == "" {
		v.spelled = v.readPhrase()
	}
	return v.spelled
}

func (v *view) readPhrase() string {
	if v.c.Phrase != "" {
		return clean([]byte(v.c.Phrase))
	}
	if v.response != nil {
		if p := clean(v.response.ReasonPhrase()); p != "" {
			return p
		}
	}
	return statusName(v.c.Status)
}

// evidence is what every cause rests on: the request, and its answer or that there was none.
func (v *view) evidence() []record.Evidence {
	c := v.c
	all := make([]record.Evidence, 0, 5)
	sent := c.Method
	if c.Src.IsValid() && c.Dst.IsValid() {
		sent += " from " + v.at(c.Src) + " to " + v.at(c.Dst)
	}
	if c.Start != 0 { // else it was not captured
		all = append(all, record.Evidence{Time: c.Start, What: sent})
	}
	if n := len(c.Path); n > 1 && c.Start != 0 {
		v.text = append(append(v.text[:0], "went "...), v.at(c.Path[0].Src)...)
		for _, h := range c.Path[:min(n, 16)] {
			v.text = append(append(v.text, " → "...), v.at(h.Dst)...)
		}
		all = append(all, record.Evidence{Time: c.Start, What: string(v.text)})
	}
	if c.Status != 0 {
		what := append(append(strconv.AppendInt(v.text[:0], int64(c.Status), 10), ' '), v.phrase()...)
		if c.Origin.IsValid() {
			what = append(append(what, " from "...), v.at(c.Origin)...)
		}
		at := v.told()
		if elapsed := v.elapsed(at); elapsed.Known {
			what = append(strconv.AppendFloat(append(what, " after "...), elapsed.Milliseconds(), 'f', 0, 64), " ms"...)
		}
		all = append(all, record.Evidence{Time: at, What: string(bytes.TrimSpace(what))})
		v.text = what[:0]
	}
	return all
}

// elapsed returns the time from the beginning of the case.
func (v *view) elapsed(at int64) record.Elapsed {
	if v.c.ClockStep {
		return record.Elapsed{}
	}
	return record.Between(v.c.Start, at)
}

// told is when the final response was captured.
func (v *view) told() int64 {
	switch {
	case v.c.Told != 0:
		return v.c.Told
	case v.c.Status < 300:
		return v.c.End - int64(v.c.Talk) // the answer, not the end
	}
	return v.c.End
}

// saw is evidence taken at the end of the case.
func (v *view) saw(format string, args ...any) record.Evidence {
	return record.Evidence{Time: v.c.End, What: fmt.Sprintf(format, args...)}
}

// field is evidence: a header field as it stands in a message.
func (v *view) field(name, value []byte) record.Evidence {
	return record.Evidence{Time: v.c.End, What: clean(name) + ": " + clean(value)}
}

// quote is field for the first header field of an ID.
func (v *view) quote(m *sip.Message, id sip.HeaderID) record.Evidence {
	return v.field([]byte(id.String()), m.Header(id))
}

// maxClean bounds what is taken from the wire into a sentence or evidence, in bytes.
const maxClean = 300

// clean makes text from the wire fit for a line: folds and control characters become spaces, what is too long is cut.
// Bytes that are not UTF-8 stay, the record escapes them.
func clean(b []byte) string {
	if isClean(b) {
		return string(b)
	}
	cut := len(b) > maxClean
	if cut {
		b = b[:maxClean]
		start := len(b) - 1
		for start > len(b)-utf8.UTFMax && !utf8.RuneStart(b[start]) {
			start--
		}
		if !utf8.FullRune(b[start:]) {
			b = b[:start]
		}
	}
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			c = ' '
		}
		if c == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, c)
	}
	s := strings.TrimRight(string(out), " ")
	if cut {
		s += "…"
	}
	return s
}

// isClean reports whether a text is fit for a line as it is.
func isClean(b []byte) bool {
	if len(b) > maxClean {
		return false
	}
	last := byte(' ')
	for _, c := range b {
		if c < 0x20 || c == 0x7f || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return len(b) == 0 || last != ' '
}

// seconds writes a duration for people.
func seconds(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// shared is the address space that carriers use behind their NAT (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// public reports whether an address is one that can be reached from the Internet.
func public(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" && !private(a) }

// private reports whether an address cannot be reached from the Internet.
func private(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() || a.Is4() && shared.Contains(a)
}
