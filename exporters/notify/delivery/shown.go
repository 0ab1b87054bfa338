package delivery

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Hidden stands for the part of an address that is not shown.
const Hidden = "HIDDEN"

// Shown returns the address of a destination as a log or a dump may have it: scheme and host. What else it holds, such as a password, a
// path with a token or a query, is Hidden.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		if address == "" {
			return ""
		}
		return Hidden
	}
	shown := u.Scheme + "://" + u.Host
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.EscapedPath(), "/") != "" {
		shown += "/" + Hidden
	}
	return shown
}

// shortest is the length from which on a part of an address or a value of a header field is taken for a secret where a server repeats it.
const shortest = 8

// secrets returns what of a request a server may repeat in its answer and no log may have, the longest first.
func (s *Sender) secrets() []string {
	var all []string
	add := func(text string) {
		if len(text) >= shortest {
			all = append(all, text)
		}
	}
	if u, err := url.Parse(s.URL); err == nil {
		if password, ok := u.User.Password(); ok {
			add(password)
		}
		add(u.EscapedPath())
		for _, part := range strings.FieldsFunc(u.EscapedPath()+"/"+u.RawQuery, func(r rune) bool { return strings.ContainsRune("/&=", r) }) {
			add(part)
		}
	}
	for name, values := range s.Header {
		if name == "Content-Type" || name == "Host" {
			continue
		}
		for _, value := range values {
			add(value)
			for _, word := range strings.Fields(value) {
				add(word)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// withoutSecrets returns a text of a server without what the request has told it in confidence.
func (s *Sender) withoutSecrets(text string) string {
	for _, secret := range s.secrets() {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}

// withoutAddress returns the error of a request that failed without the address that net/http adds to it.
func withoutAddress(err error) error {
	if request := (*url.Error)(nil); errors.As(err, &request) {
		return request.Err
	}
	return err
}
