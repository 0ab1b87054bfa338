package tracelog

import (
	"bytes"
	"strconv"
	"strings"

	"sipspan/internal/wire"
)

// A document puts captions in front of its messages, in one line or in several: F1 INVITE Alice -> Proxy. They name who sends the
// message to whom, and their number begins anew with each flow.

// maxPartyWords is how many words the name of a party has at most.
const maxPartyWords = 4

// minNumbered is how long a name has to be for its first bearer to be called so without a number. B1 is a device of B, and not B.
const minNumbered = 3

// maxParties bounds the names that are remembered.
const maxParties = 1 << 10

// number reads the number that a caption begins with. A line with more than that may be read by others as well.
func (s *scanner) number(line []byte) bool {
	n, rest := flowNumber(line)
	if n == 0 {
		return false
	}
	s.captioned(n)
	return isBlank(rest)
}

// flowNumber reads F1 at the beginning of a line. It returns 0 if there is none.
func flowNumber(line []byte) (n int, rest []byte) {
	b := bytes.TrimLeft(line, " \t")
	if len(b) < 2 || b[0] != 'F' {
		return 0, line
	}
	i := 1
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == 1 || i > 4 || i < len(b) && b[i] != ' ' && b[i] != '\t' && b[i] != ':' && b[i] != '.' {
		return 0, line
	}
	n, _ = strconv.Atoi(string(b[1:i]))
	return n, b[i:]
}

// captioned notes the number of a caption.
func (s *scanner) captioned(n int) {
	if n == s.flow {
		return
	}
	before := s.flow
	s.flow = n
	s.begin(Plain, untilGap, noStamp)
	s.head.begins = n == 1 && before > 1
}

// caption reads who sends a message to whom.
func (s *scanner) caption(line []byte) bool {
	n, text := flowNumber(line)
	if bytes.IndexByte(line, '|') >= 0 || bytes.Contains(line, []byte("--")) || len(line) > 120 {
		return false // part of a drawing
	}
	if n == 0 && s.flow == 0 {
		return false // no document with captions
	}
	from, to, ok := bytes.Cut(text, []byte("->"))
	if !ok || bytes.Contains(to, []byte("->")) {
		return false
	}
	if n != 0 {
		s.captioned(n)
	}
	if s.head.dialect != Plain || s.flow == 0 {
		return false
	}
	src, dst := s.sender(string(from)), partyName(string(to))
	if src == "" || dst == "" {
		return false
	}
	if len(s.parties) < maxParties {
		s.parties[dst], s.parties[src] = true, true
	}
	s.head.src, s.head.dst = wire.Party(src), wire.Party(dst)
	s.headLine = s.pages.number
	return true
}

// partyName returns a name in the one way of writing that is compared: documents write it with and without blanks.
func partyName(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > maxPartyWords {
		return ""
	}
	name = strings.ToLower(strings.Join(words, ""))
	if first, ok := strings.CutSuffix(name, "1"); ok && len(first) >= minNumbered {
		return first // where there is one proxy, it is Proxy here and Proxy 1 there
	}
	return name
}

// sender returns the name at the end of a text that may begin with a method, or with a status and its phrase.
func (s *scanner) sender(text string) string {
	words := strings.Fields(text)
	for i := range words {
		if name := partyName(strings.Join(words[i:], " ")); s.parties[name] {
			return name
		}
	}
	if len(words) > 1 && (strings.ToUpper(words[0]) == words[0] && len(words[0]) > 2 || words[0][0]-'1' < 6) {
		words = words[1:]
	}
	if len(words) > 2 { // of a phrase and a name nobody knows which is which
		last := len(words) - 1
		if _, err := strconv.Atoi(words[last]); err == nil {
			last--
		}
		words = words[last:]
	}
	return partyName(strings.Join(words, " "))
}
