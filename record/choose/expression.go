package choose

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"sipspan/internal/suggest"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// maxExpression is how long an expression may be, in bytes.
const maxExpression = 10_000

// expression compiles an expression.
func expression(source string) (func(*facts) bool, error) {
	if len(source) > maxExpression {
		return nil, &Error{"where", fmt.Sprintf("the expression is longer than %d bytes", maxExpression)}
	}
	environment := members.kind().(types.Map)
	environment["number"] = types.TypeOf(func(string) bool { return false })
	environment["user"] = types.TypeOf(func(string) bool { return false })
	program, err := expr.Compile(source, expr.Env(environment), expr.AsBool(),
		expr.Function("known", func(values ...any) (any, error) { return known(values[0]), nil }, new(func(any) bool)))
	if err != nil {
		return nil, &Error{"where", explain(source, err)}
	}
	return func(f *facts) bool { return evaluate(program, f) }, nil
}

// evaluate reports whether a record is what an expression asks for.
func evaluate(program *vm.Program, f *facts) bool {
	values := valuesOf(f.record)
	values["number"] = asked(f, number)
	values["user"] = asked(f, user)
	answer, err := expr.Run(program, values)
	yes, _ := answer.(bool)
	return err == nil && yes
}

// asked makes a function for expressions of a condition. What cannot be parsed matches nothing.
func asked(f *facts, parse func(string) (func(*facts) bool, error)) func(string) bool {
	return func(value string) bool {
		test, err := parse(value)
		return err == nil && test(f)
	}
}

// known reports whether a record has a member.
func known(v any) bool {
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v)
	case time.Time:
		return !v.IsZero()
	case map[string]any:
		for _, inner := range v {
			if known(inner) {
				return true
			}
		}
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	}
	return v != nil
}

var (
	unknownName = regexp.MustCompile(`^(?:unknown (?:name|field)|.* has no field) (\w+)`)
	typeNames   = strings.NewReplacer("time.Time", "time", "float64", "number", "string", "text", "[]interface {}", "list", "map[string]interface {}", "object")
)

// explain says in three lines what is wrong with an expression: the fault, the line of the expression, and a mark below the place.
func explain(source string, err error) string {
	var fault *file.Error
	if !errors.As(err, &fault) {
		return err.Error()
	}
	message := fault.Message
	if m := unknownName.FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("no record has a member %q", m[1])
		if like := nearestMember(m[1]); like != "" {
			message += fmt.Sprintf("; did you mean %s?", like)
		}
	} else {
		message = typeNames.Replace(message)
	}
	lines := strings.Split(source, "\n")
	if fault.Line < 1 || fault.Line > len(lines) {
		return message
	}
	line := strings.ReplaceAll(lines[fault.Line-1], "\t", " ")
	place := fmt.Sprintf("column %d", fault.Column+1)
	if len(lines) > 1 {
		place = fmt.Sprintf("line %d, %s", fault.Line, place)
	}
	return fmt.Sprintf("%s: %s\n  %s\n  %s^", place, message, line, strings.Repeat(" ", fault.Column))
}

// nearestMember returns the member that a misspelt one stands for.
func nearestMember(wrong string) string {
	if like := suggest.Nearest(wrong, slices.Sorted(maps.Keys(members))); like != "" {
		return like
	}
	var inner []string
	whole := map[string]string{}
	for _, path := range Members() {
		if name := path[strings.LastIndexByte(path, '.')+1:]; name != path {
			inner = append(inner, name)
			whole[name] = path
		}
	}
	return whole[suggest.Nearest(wrong, inner)]
}
