package choose

import (
	"fmt"
	"strings"
)

// Number is a telephone number as somebody writes it. It matches what means the same number.
type Number struct {
	digits        string // without what stands for the international or the national prefix
	kind          numbering
	before, after bool // anything may stand before or after the digits
}

// numbering is what the beginning of a number shows of it.
type numbering uint8

const (
	bare          numbering = iota // as dialled within a company, or international without its prefix
	international                  // + or 00
	national                       // 0
)

// shortNumber is below how many digits a number is taken as it is: 001 may be a telephone in a company.
const shortNumber = 7

// maxCountry is how many digits a country code has at most.
const maxCountry = 3

// ParseNumber reads a number: digits, with + or 00 or 0 before them and with blanks, dots, dashes, slashes and parentheses between them. A * at its end
// stands for any digits after it, one at its beginning for any before.
//
// The prefixes + and 00 mean the same, and a number without a prefix may have one. A national number (0) matches an international one that has a country code of one to three
// digits before it. Numbers of less than seven digits, such as extensions, only match as they are. So do those with a *, but for + and 00.
func ParseNumber(s string) (Number, error) {
	inner, before := strings.CutPrefix(s, "*")
	inner, after := strings.CutSuffix(inner, "*")
	n, ok := readNumber(inner, after)
	if !ok {
		return n, fmt.Errorf("%q: expected a number, such as +49 30 123456, 030123456, 1001 or +4930*", s)
	}
	n.before, n.after = before, after
	return n, nil
}

// readNumber reads a number without *. begun is whether more digits may follow.
func readNumber(s string, begun bool) (n Number, ok bool) {
	plus := false
	var digits []byte
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits = append(digits, c)
		case c == '+' && i == 0:
			plus = true
		case strings.IndexByte(" .-/()", c) < 0:
			return n, false
		}
	}
	if len(digits) == 0 {
		return n, false
	}
	n.digits = string(digits)
	long := begun || len(digits) >= shortNumber
	switch {
	case plus:
		n.kind = international
	case long && strings.HasPrefix(n.digits, "00"):
		n.kind, n.digits = international, n.digits[2:]
	case long && n.digits[0] == '0' && !begun:
		n.kind, n.digits = national, n.digits[1:]
	}
	return n, n.digits != ""
}

// Match reports whether a text is the number.
func (n *Number) Match(s string) bool {
	o, ok := readNumber(s, false)
	if !ok {
		return false
	}
	if n.before || n.after {
		if o.kind == national && !n.before {
			return strings.HasPrefix("0"+o.digits, n.digits) && n.kind == bare
		}
		return n.pattern(o.digits)
	}
	switch {
	case n.digits == o.digits:
		return true
	case n.kind == national && o.kind != national:
		return inCountry(o.digits, n.digits)
	case o.kind == national && n.kind != national:
		return inCountry(n.digits, o.digits)
	}
	return false
}

func (n *Number) pattern(digits string) bool {
	switch {
	case n.before && n.after:
		return strings.Contains(digits, n.digits)
	case n.before:
		return strings.HasSuffix(digits, n.digits)
	}
	return strings.HasPrefix(digits, n.digits)
}

// inCountry reports whether whole is rest with a country code before it.
func inCountry(whole, rest string) bool {
	code := len(whole) - len(rest)
	return 1 <= code && code <= maxCountry && len(rest) >= shortNumber-1 && strings.HasSuffix(whole, rest)
}
