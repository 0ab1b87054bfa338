package config

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"sipspan/exporters/notify/delivery"
)

// WriteYAML writes the values in force as a file that loads to the same configuration, but for secrets, which are hidden. Values that are
// not the default have a comment that names where they came from.
func (s *Settings) WriteYAML(w io.Writer) error {
	return writeYAML(w, func(k Key) (value any, comment []string, remark string) {
		value, remark = k.Value(&s.Config), s.Origin(k.Name).String()
		return k.shown(value), nil, remark
	})
}

// hidden stands for a secret.
const hidden = delivery.Hidden

// shown returns what may be seen of a value: of a secret, how many there are.
func (k Key) shown(value any) any {
	show := func(text string) string { return text }
	switch {
	case k.Address:
		show = delivery.Shown
	case k.Secret:
		show = func(text string) string {
			if text == "" {
				return ""
			}
			return hidden
		}
	}
	switch v := value.(type) {
	case string:
		return show(v)
	case []string:
		all := make([]string, len(v))
		for i := range all {
			all[i] = show(v[i])
		}
		return all
	}
	return value
}

// WriteExample writes a file of all keys with their defaults, each with its sentence, unit and environment variable.
func WriteExample(w io.Writer) error {
	return writeYAML(w, func(k Key) (value any, comment []string, remark string) {
		comment = []string{k.Sentence}
		if k.Unit != "" && k.Kind != Size {
			comment = append(comment, "Unit: "+k.Unit+".")
		}
		return k.Default, comment, ""
	})
}

// writeYAML writes every key in its section. render returns the value of a key, the comment lines above it and a remark
// beside it; a section has its sentence above it when keys have comments.
func writeYAML(w io.Writer, render func(Key) (value any, comment []string, remark string)) error {
	var out bytes.Buffer
	var open []string // the sections that the last key stood in
	for _, k := range Keys() {
		value, comment, remark := render(k)
		parts := strings.Split(k.Name, ".")
		sections := parts[:len(parts)-1]
		same := 0
		for same < len(open) && same < len(sections) && open[same] == sections[same] {
			same++
		}
		for depth := same; depth < len(sections); depth++ {
			if comment != nil {
				out.WriteByte('\n')
				if sentence := sectionSentences[strings.Join(sections[:depth+1], ".")]; sentence != "" {
					writeComment(&out, depth, sentence)
				}
			}
			fmt.Fprintf(&out, "%s%s:\n", indent(depth), sections[depth])
		}
		open = sections
		for _, line := range comment {
			writeComment(&out, len(sections), line)
		}
		line, below := k.yaml(value), []string(nil)
		if folds(value, line) {
			line, below = ">-", wrap(reflect.ValueOf(value).String(), width-2*len(parts))
		}
		if k.Kind == Table {
			if below = k.tableLines(value, Key.shown); len(below) > 0 {
				line = ""
			}
		}
		if remark != "" {
			line += " # " + remark
		}
		fmt.Fprintln(&out, strings.TrimRight(indent(len(sections))+parts[len(parts)-1]+": "+line, " "))
		for _, text := range below {
			fmt.Fprintf(&out, "%s%s\n", indent(len(parts)), text)
		}
	}
	_, err := out.WriteTo(w)
	return err
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

// width is the greatest length of a line of a written file, unless one word is longer.
const width = 100

func writeComment(out *bytes.Buffer, depth int, text string) {
	for _, line := range wrap(text, width-2*depth-len("# ")) {
		fmt.Fprintf(out, "%s# %s\n", indent(depth), line)
	}
}

// wrap breaks a text between words into lines of at most so many bytes.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// folds reports whether a text is written as a folded block, whose lines YAML joins by single blanks: when it is long and
// comes back as it was.
func folds(value any, line string) bool {
	text, ok := value.(string)
	return ok && len(line) > width && strings.Join(strings.Fields(text), " ") == text
}

// yaml writes a value of the key on one line.
func (k Key) yaml(v any) string {
	switch k.Kind {
	case Text:
		return yamlText(reflect.ValueOf(v).String())
	case List:
		list := reflect.ValueOf(v)
		parts := make([]string, list.Len())
		for i := range parts {
			if parts[i] = list.Index(i).String(); k.Unit != codesUnit {
				parts[i] = yamlText(parts[i])
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Table:
		return "[]"
	case Duration:
		if reflect.ValueOf(v).IsZero() {
			return "0s"
		}
	}
	return k.format(v)
}

// yamlText quotes a text where YAML would read it as something else, and always where it stands in a list of its own
// syntax or does not fit on a line.
func yamlText(s string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if s == "" || strings.ContainsAny(s, ",[]{}#\n\r\t") {
		n.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Marshal(&n)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(string(out), "\n")
}
