package ladder

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/view/plain"
)

// Limits of what is kept of a session description.
const (
	maxMediaLines = 8
	maxCodecs     = 6
)

// readMedia reads the session description of a message, alone or as a part of its body.
func (s *sight) readMedia(p *sip.Message) {
	body := description(p.ContentType(), p.Body(), 0)
	if len(body) == 0 {
		return
	}
	var d sdp.Session
	sdp.Parse(body, &d)
	used, silent := 0, 0
	for i := range d.Media {
		m := &d.Media[i]
		if m.Used() {
			used++
			if m.OnHold() {
				silent++
			}
		}
		if len(s.sdp) < maxMediaLines {
			s.sdp = append(s.sdp, lineOf(m))
		}
	}
	s.silent = used > 0 && silent == used
}

// description finds the session description in a body, nil if there is none.
func description(contentType, body []byte, depth int) []byte {
	if sip.MediaTypeIs(contentType, "application/sdp") {
		return body
	}
	if depth > 3 || len(contentType) < len("multipart/") || !strings.EqualFold(string(contentType[:len("multipart/")]), "multipart/") {
		return nil
	}
	parts := sip.Parts(contentType, body)
	var found []byte
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		if d := description(p.ContentType, p.Body, depth+1); d != nil {
			found = d // of alternatives the last is the richest (RFC 2046 section 5.1.4)
		}
	}
	return found
}

func lineOf(m *sdp.Media) MediaLine {
	l := MediaLine{Type: plain.Clean(m.Type, maxLabel), Direction: m.Direction.String(), Refused: !m.Used()}
	if !l.Refused && len(m.Addr) > 0 {
		l.Addr = net.JoinHostPort(plain.Clean(m.Addr, maxName), strconv.Itoa(m.Port))
	}
	if m.Nowhere() && l.Direction == "" {
		l.Direction = "inactive"
	}
	codecs := m.Codecs()
	for c, ok := codecs.Next(); ok && len(l.Codecs) < maxCodecs; c, ok = codecs.Next() {
		name := plain.Clean(c.Name, 20)
		if name == "" && c.PayloadType >= 0 {
			name = strconv.Itoa(c.PayloadType)
		}
		if name != "" && !slices.Contains(l.Codecs, name) {
			l.Codecs = append(l.Codecs, name)
		}
	}
	return l
}

// brief puts media lines into a few words.
func brief(lines []MediaLine) string {
	var all []string
	for _, l := range lines {
		words := l.Type
		switch {
		case l.Refused:
			words += " refused"
		default:
			if n := min(len(l.Codecs), 3); n > 0 {
				words += " " + strings.Join(l.Codecs[:n], "/")
			}
			if l.Direction != "" && l.Direction != "sendrecv" {
				words += " " + l.Direction
			}
		}
		all = append(all, words)
	}
	if len(all) == 0 {
		return "no media"
	}
	return strings.Join(all, ", ")
}

// exchanges follows who offers and who answers (RFC 3264), by transaction, and what each side said last.
type exchanges struct {
	offered map[string]*exchange // by transaction
	last    map[string]*stance   // by Call-ID and tag
	done    map[string][]Note    // by message, for the further hops
	media   []Media
}

// exchange is one offer and its answer.
type exchange struct {
	inRequest bool    // the request had the offer
	open      bool    // an offer was seen
	media     int     // index in exchanges.media
	side      string  // of whoever offered, in exchanges.last
	before    *stance // what that side had said before; nil when that was nothing
}

// stance is what one side said last of its media.
type stance struct {
	lines  []MediaLine
	silent bool
}

// maxMedia is how many exchanges of a conversation are listed.
const maxMedia = 100

func newExchanges() exchanges {
	return exchanges{offered: map[string]*exchange{}, last: map[string]*stance{}, done: map[string][]Note{}}
}

// notes returns what the session description of a message means. number is that of its step.
func (e *exchanges) notes(s *sight, number int) []Note {
	once := strings.Join([]string{s.CallID, s.fromTag, s.toTag, s.same.start}, "\n") + "\n" + strconv.FormatUint(s.same.rest, 16)
	if notes, ok := e.done[once]; ok { // at a further hop
		return notes
	}
	notes := e.first(s, number)
	e.done[once] = notes
	return notes
}

func (e *exchanges) first(s *sight, number int) (notes []Note) {
	method := s.method
	if method == "ACK" {
		method = "INVITE"
	}
	key := strings.Join([]string{s.CallID, s.fromTag, method, strconv.FormatUint(uint64(s.cseq), 10)}, "\n")
	x := e.offered[key]
	if x == nil && s.request && s.method != "ACK" {
		x = &exchange{inRequest: len(s.sdp) > 0, media: -1}
		e.offered[key] = x
	}
	if x != nil && x.before != nil && !s.request && s.status >= 300 { // what was offered is refused: everything stays as it was
		e.last[x.side], x.before = x.before, nil
	}
	if len(s.sdp) == 0 {
		return nil
	}
	switch {
	case x == nil:
		notes = append(notes, Note{NoteMedia, "media: " + brief(s.sdp)})
	case s.request == x.inRequest && (s.request || s.status >= 200 || s.early):
		if !x.open || x.media < len(e.media) && !sameLines(e.media[x.media].Offer, s.sdp) {
			x.media = len(e.media)
			if x.media < maxMedia {
				e.media = append(e.media, Media{Leg: s.leg, Offer: s.sdp, Asked: number})
			}
		}
		x.open = true
		notes = append(notes, Note{NoteOffer, "offer: " + brief(s.sdp)})
	case s.request != x.inRequest && x.open:
		if x.media < len(e.media) {
			m := &e.media[x.media]
			m.Answer, m.Given = s.sdp, number
		}
		notes = append(notes, Note{NoteAnswer, "answer: " + brief(s.sdp)})
	default:
		notes = append(notes, Note{NoteMedia, "media: " + brief(s.sdp)})
	}
	was := e.last[s.side()]
	if x != nil && x.open && s.request && s.request == x.inRequest && x.side == "" {
		x.side, x.before = s.side(), was
	}
	e.last[s.side()] = &stance{lines: s.sdp, silent: s.silent}
	return append(notes, changes(s, was)...)
}

// side names who sent a message, within its call.
func (s *sight) side() string {
	if s.request {
		return s.CallID + "\n" + s.fromTag
	}
	return s.CallID + "\n" + s.toTag
}

// sameLines reports whether two session descriptions say the same of their media.
func sameLines(a, b []MediaLine) bool {
	return slices.EqualFunc(a, b, func(x, y MediaLine) bool {
		return x.Type == y.Type && x.Addr == y.Addr && x.Direction == y.Direction && x.Refused == y.Refused && slices.Equal(x.Codecs, y.Codecs)
	})
}

// changes compares the media of the sender with what it said before, nil for nothing.
func changes(s *sight, was *stance) (notes []Note) {
	answers := !s.request
	switch {
	case s.silent && !answers && (was == nil || !was.silent):
		return []Note{{NoteHold, "hold"}}
	case was == nil:
		return nil
	case was.silent && !s.silent && !answers:
		return []Note{{NoteHold, "hold ends"}}
	case answers || s.toTag == "": // another try of a request changes nothing that was agreed on
		return nil
	}
	var changed []string
	if !slices.EqualFunc(was.lines, s.sdp, func(a, b MediaLine) bool { return a.Type == b.Type && a.Refused == b.Refused }) {
		changed = append(changed, "other media")
	} else {
		if !slices.EqualFunc(was.lines, s.sdp, func(a, b MediaLine) bool { return slices.Equal(a.Codecs, b.Codecs) }) {
			changed = append(changed, "other codecs")
		}
		if !slices.EqualFunc(was.lines, s.sdp, func(a, b MediaLine) bool { return a.Addr == b.Addr }) {
			changed = append(changed, "other address")
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return []Note{{NoteChange, strings.Join(changed, ", ")}}
}
