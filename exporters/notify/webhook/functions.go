package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"text/template"
)

// functions are what a template can call in addition to those of text/template.
var functions = template.FuncMap{
	"json":     encode,
	"humanize": humanize,
	"percent":  percent,
	"join":     join,
	"upper":    strings.ToUpper,
	"lower":    strings.ToLower,
	"default":  otherwise,
}

// encode writes a value as JSON: a text with its quotes, what is missing as null.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// number reads an argument of a template function as a number. What is missing is NaN.
func number(v any) (float64, error) {
	switch v := v.(type) {
	case nil:
		return math.NaN(), nil
	case json.Number:
		return v.Float64()
	case int:
		return float64(v), nil
	case float64:
		return v, nil
	case string:
		return strconv.ParseFloat(v, 64)
	}
	return 0, fmt.Errorf("%v is not a number", v)
}

const unknown = "unknown"

// humanize writes a number with four digits and a unit prefix: 1234567 as 1.235M.
func humanize(v any) (string, error) {
	x, err := number(v)
	switch {
	case err != nil:
		return "", err
	case math.IsNaN(x):
		return unknown, nil
	case x == 0 || math.IsInf(x, 0):
		return fmt.Sprintf("%.4g", x), nil
	}
	const up, down = "kMGTPEZY", "mµnpfazy"
	prefix := ""
	if math.Abs(x) >= 1 {
		for _, p := range up {
			if math.Abs(x) < 1000 {
				break
			}
			x, prefix = x/1000, string(p)
		}
	} else {
		for _, p := range down {
			if math.Abs(x) >= 1 {
				break
			}
			x, prefix = x*1000, string(p)
		}
	}
	return fmt.Sprintf("%.4g%s", x, prefix), nil
}

// percent writes a ratio: 0.25 as 25%.
func percent(v any) (string, error) {
	x, err := number(v)
	if err != nil {
		return "", err
	}
	if math.IsNaN(x) {
		return unknown, nil
	}
	return fmt.Sprintf("%.4g%%", 100*x), nil
}

// join writes the items of a list, or the names of a mapping with their values, in one text.
func join(separator string, v any) (string, error) {
	var parts []string
	switch v := v.(type) {
	case nil:
	case []any:
		for _, item := range v {
			parts = append(parts, fmt.Sprint(item))
		}
	case map[string]any:
		for name, item := range v {
			parts = append(parts, fmt.Sprintf("%s=%v", name, item))
		}
		sort.Strings(parts)
	default:
		return "", errors.New("join expects a list or a mapping")
	}
	return strings.Join(parts, separator), nil
}

// otherwise returns v, or instead where v is missing.
func otherwise(instead, v any) any {
	if v == nil || v == "" {
		return instead
	}
	return v
}
