package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
)

// finding is a diagnosis that fits, with what its sentence and the record need.
type finding struct {
	id       string
	said     *sip.Message // the message that says so, nil when it was inferred
	code     string       // code and text of the cause
	text     string
	origin   string            // replaces who sent the message
	by       string            // who did it, if more is known than origin
	values   map[string]string // for the sentence
	before   []record.Evidence // what came between the request and its final response
	evidence []record.Evidence
}

// cause makes the record of f.
func (v *view) cause(f *finding) *record.Cause {
	d := &table[index[f.id]]
	if f.origin == "" {
		f.origin = v.speaker(f.said)
	}
	value := func(name string) string {
		switch name {
		case "event":
			return v.event(f)
		case "origin":
			return orElse(f.origin, "the other side")
		case "method":
			return v.name()
		case "status":
			if v.phrase() == "" {
				return strconv.Itoa(v.c.Status)
			}
			return strconv.Itoa(v.c.Status) + " " + v.phrase()
		case "code":
			return f.code
		case "text":
			return f.text
		}
		return f.values[name]
	}
	text := expand(v.text[:0], d.Sentence, value)
	if len(text) > 0 && 'a' <= text[0] && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	if d.Action != "" {
		text = expand(append(text, "; "...), d.Action, value)
	}
	text = append(text, '.')
	explanation := string(text)
	v.text = text[:0]
	wait, _ := v.retryAfter()
	return &record.Cause{
		RetryAfter:  int(wait / time.Second),
		Source:      string(d.Source),
		Code:        f.code,
		Text:        f.text,
		Origin:      f.origin,
		Explanation: explanation,
		Evidence:    f.allEvidence(v.evidence()),
	}
}

// allEvidence puts the evidence of a finding to what every cause rests on.
func (f *finding) allEvidence(all []record.Evidence) []record.Evidence {
	if n := len(all); n > 0 && len(f.before) > 0 {
		all = slices.Insert(all, n-1, f.before...)
	}
	return append(all, f.evidence...)
}

// speaker names the sender of a message.
func (v *view) speaker(m *sip.Message) string {
	switch {
	case m == nil || m == v.response:
		return v.origin()
	case m == v.asking && v.c.Src.IsValid():
		return v.at(v.c.Src)
	}
	return "" // either side may have sent the BYE
}

// event is what happened and who did it: "INVITE was refused by 192.0.2.10:5060".
func (v *view) event(f *finding) string {
	by := orElse(f.by, f.origin)
	method, status := v.name(), v.c.Status
	switch {
	case v.ended():
		return phrase("the call was ended", "by", by)
	case status == 487, status == 0 && len(v.c.Closing) > 0:
		return method + " was cancelled"
	case status == 0:
		return phrase(method+" was not answered", "by", by)
	case status < 300:
		return phrase(method+" was accepted", "by", by)
	case status < 400:
		return phrase(method+" was redirected", "by", by)
	case status == 408, status == 480, status == 481, 500 <= status && status < 600:
		return phrase(method+" failed", "at", by)
	}
	return phrase(method+" was refused", "by", by)
}

// phrase joins what happened with who did it, if that is known.
func phrase(what, preposition, who string) string {
	if who == "" {
		return what
	}
	return what + " " + preposition + " " + who
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// expand appends a template with {name} replaced by its value.
func expand(dst []byte, template string, value func(name string) string) []byte {
	for {
		before, rest, ok := strings.Cut(template, "{")
		dst = append(dst, before...)
		if !ok {
			return dst
		}
		name, after, _ := strings.Cut(rest, "}")
		dst = append(dst, value(name)...)
		template = after
	}
}
