package alert

import (
	"fmt"
	"strconv"
	"strings"
)

// codes is a set of status codes from 100 to 699.
type codes [600]bool

func (c *codes) has(status int) bool {
	return 100 <= status && status < 700 && c[status-100]
}

// set adds or takes away what a text names: 503, 5xx, 500-504.
func (c *codes) set(text string, in bool) error {
	low, high, err := parseCodes(text)
	if err != nil {
		return err
	}
	for status := low; status <= high; status++ {
		c[status-100] = in
	}
	return nil
}

func parseCodes(text string) (low, high int, err error) {
	if class, ok := strings.CutSuffix(strings.ToLower(text), "xx"); ok {
		if n, err := strconv.Atoi(class); err == nil && 1 <= n && n <= 6 {
			return 100 * n, 100*n + 99, nil
		}
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	low, err = strconv.Atoi(first)
	if err == nil {
		high, err = strconv.Atoi(last)
	}
	if err != nil || low < 100 || high > 699 || low > high {
		return 0, 0, fmt.Errorf("%q: expected a status code, a class or a range, such as 503, 5xx or 500-504", text)
	}
	return low, high, nil
}
