package privacy

import (
	"regexp"
	"slices"
	"strings"
)

// shortest is the least number of bytes of an identity that is searched for in texts: a shorter one is part of too many words.
const shortest = 3

var (
	// A text in the form of a URI with a user, or of a mail address.
	inText = regexp.MustCompile(`(?i)\b(?:(?:sips?|pres|im|xmpp|mailto):[^\s<>"'@,]*@?|tel:|[\w.!%*+~'-]+@)[^\s<>"',()]+`)
	// A number that is too long for a code.
	numberInText = regexp.MustCompile(`\+?\b[0-9]{7,}\b`)
	// Addresses with or without a port.
	addressInText = regexp.MustCompile(`\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b|\b(?:[0-9a-fA-F]{1,4}:){2,7}(?:[0-9a-fA-F]{1,4}|:)(?::?[0-9a-fA-F]{1,4})*`)
)

// identities are what a record names: user parts, numbers, display names and hosts, as they stand on the wire.
type identities struct {
	users, names, hosts []string
	callID              string
}

// learn adds the identities of a URI.
func (k *identities) learn(uri string) {
	if uri == "" {
		return
	}
	p := take(uri)
	k.addUser(p.user)
	k.addName(p.display)
	if p.host != "" {
		k.hosts = append(k.hosts, p.host)
	}
}

func (k *identities) addUser(user string) {
	for _, form := range []string{user, unescape(user), canonicalUser(user)} {
		if len(form) >= shortest && !slices.Contains(k.users, form) {
			k.users = append(k.users, form)
		}
	}
}

func (k *identities) addName(name string) {
	if len(name) >= shortest && !slices.Contains(k.names, name) {
		k.names = append(k.names, name)
	}
}

// text returns a sentence or phrase without what must not be written.
func (v *Veil) text(s string, known *identities) string {
	if s == "" {
		return s
	}
	c := &v.config
	digits, marks := 0, false
	for i := range len(s) {
		switch b := s[i]; {
		case '0' <= b && b <= '9':
			digits++
		case b == '@' || b == ':':
			marks = true
		}
	}
	if marks && (c.Identities != Clear || c.Domains != Clear) {
		s = inText.ReplaceAllStringFunc(s, func(uri string) string {
			core := strings.TrimRight(uri, ".:;!?)}")
			return v.uri(core) + uri[len(core):]
		})
	}
	if known.callID != "" && v.config.hidesCallIDs() {
		s = strings.ReplaceAll(s, known.callID, v.callID(known.callID))
	}
	if c.Identities != Clear {
		if digits >= 7 {
			s = numberInText.ReplaceAllStringFunc(s, v.user)
		}
		s = replaceWords(s, known.names, v.name)
		s = replaceWords(s, known.users, v.user)
	}
	if c.Addresses != Clear && (digits >= 4 || marks) {
		s = v.addresses(s)
	}
	if c.Domains != Clear {
		s = replaceWords(s, known.hosts, v.host)
	}
	return s
}

// addresses returns a text with its addresses as they may be written. In front of a port the pseudonym of an IPv4 address gets
// brackets, as it is an IPv6 address.
func (v *Veil) addresses(s string) string {
	places := addressInText.FindAllStringIndex(s, -1)
	if places == nil {
		return s
	}
	var b strings.Builder
	from := 0
	for _, at := range places {
		b.WriteString(s[from:at[0]])
		out := v.address(s[at[0]:at[1]])
		port := len(s) > at[1]+1 && s[at[1]] == ':' && '0' <= s[at[1]+1] && s[at[1]+1] <= '9'
		switch {
		case out == "":
			out = "…"
		case port && out[0] != '[' && strings.Contains(out, ":"):
			out = "[" + out + "]"
		}
		b.WriteString(out)
		from = at[1]
	}
	b.WriteString(s[from:])
	return b.String()
}

// user returns a user part inside a text as it may be written.
func (v *Veil) user(s string) string {
	if v.config.Identities == Drop {
		return "…"
	}
	return v.mint.user(s)
}

// replaceWords replaces the words where they are whole words, in any case, the longest first.
func replaceWords(s string, words []string, by func(string) string) string {
	if len(words) == 0 {
		return s
	}
	words = slices.Clone(words)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	var out strings.Builder
	from := 0
	for i := 0; i < len(s); {
		word := ""
		if i == 0 || !wordByte(s[i-1]) || !wordByte(s[i]) {
			for _, w := range words {
				if end := i + len(w); end <= len(s) && strings.EqualFold(s[i:end], w) && (end == len(s) || !wordByte(s[end]) || !wordByte(s[end-1])) {
					word = w
					break
				}
			}
		}
		if word == "" {
			i++
			continue
		}
		out.WriteString(s[from:i])
		replacement := by(word)
		if replacement == "" {
			replacement = "…"
		}
		out.WriteString(replacement)
		i += len(word)
		from = i
	}
	if from == 0 {
		return s
	}
	out.WriteString(s[from:])
	return out.String()
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}
