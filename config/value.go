package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

var sizeUnits = []struct {
	suffix string
	factor uint64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// parseSize reads a number of bytes, with a binary (KiB, MiB, GiB, TiB) or decimal (kB, MB, GB, TB) unit or without one.
func parseSize(s string) (int64, error) {
	number, factor := strings.TrimSpace(s), uint64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			number, factor = strings.TrimSpace(rest), u.factor
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is not a number of bytes", s)
	}
	return int64(n * factor), nil
}

// formatSize writes a number of bytes with the largest binary unit that divides it.
func formatSize(n int64) string {
	for _, u := range sizeUnits[:4] {
		if f := int64(u.factor); n > 0 && n%f == 0 {
			return strconv.FormatInt(n/f, 10) + u.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}

// formatDuration writes a duration without the zero units that time.Duration puts at its end.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// parseList reads the one-line form of a list: texts between commas, without the blanks around them.
func parseList(s string) []string {
	list := []string{}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// expected describes the values of the key.
func (k Key) expected() string {
	switch k.Kind {
	case Bool:
		return "true or false"
	case Int:
		if k.Unsigned {
			return "a whole number from 0"
		}
		return "a whole number"
	case Float:
		return "a number"
	case Size:
		return "a size such as 65536, 64KiB or 16MiB"
	case Duration:
		return "a duration such as 500ms, 5s or 1m30s"
	case List:
		return "a list such as [one, two]"
	case Table:
		return "a list of entries, each with " + k.columnNames()
	}
	return "a text"
}

// check reports what is wrong with the text of a key, as the environment, a flag or a scalar of the file holds it.
func (k Key) check(text string) error {
	var v any
	var err error
	switch k.Kind {
	case Bool:
		v, err = strconv.ParseBool(text)
	case Int:
		v, err = strconv.ParseInt(text, 0, 64)
	case Float:
		v, err = strconv.ParseFloat(text, 64)
	case Size:
		v, err = parseSize(text)
	case Duration:
		v, err = time.ParseDuration(text)
	case Table:
		_, err = parseTable(k, text)
		return err
	case Text:
		if k.Secret && text == hidden {
			return errors.New("expected the secret itself, which a dump does not hold")
		}
		return nil
	default:
		return nil
	}
	if err == nil {
		err = k.fits(v)
	}
	if err != nil {
		return fmt.Errorf("expected %s, found %q", k.expected(), text)
	}
	return nil
}

// fits reports whether the field of the key can hold the number.
func (k Key) fits(v any) error {
	n, ok := v.(int64)
	if !ok {
		return nil
	}
	field := reflect.New(elem(reflect.TypeOf(k.Default))).Elem()
	switch {
	case field.CanUint() && (n < 0 || field.OverflowUint(uint64(n))),
		field.CanInt() && field.OverflowInt(n):
		return strconv.ErrRange
	}
	return nil
}

// format writes a value of the key in the form that parse reads, secrets included; a list in the one-line form.
func (k Key) format(v any) string {
	switch k.Kind {
	case Duration:
		return formatDuration(v.(time.Duration))
	case Size:
		n := reflect.ValueOf(v)
		if n.CanUint() {
			return formatSize(int64(n.Uint()))
		}
		return formatSize(n.Int())
	case List:
		return strings.Join(reflect.ValueOf(v).Convert(reflect.TypeFor[[]string]()).Interface().([]string), ",")
	case Table:
		return strings.Join(k.tableLines(v, func(_ Key, value any) any { return value }), "\n")
	}
	return fmt.Sprint(v)
}
