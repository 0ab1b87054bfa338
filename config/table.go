package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// table checks the entries of a table: each a mapping of columns to values, nothing twice, nothing unknown.
func (c *checker) table(k Key, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		c.add(n.Line, k.Name, "expected %s, found %s", k.expected(), describe(n))
		return
	}
	for _, item := range n.Content {
		if item = follow(item); item.Kind != yaml.MappingNode {
			c.add(item.Line, k.Name, "expected %s, found %s in it", k.expected(), describe(item))
			continue
		}
		c.entry(k, item)
	}
}

func (c *checker) entry(k Key, n *yaml.Node) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], follow(n.Content[i+1])
		if first, ok := seen[name.Value]; ok {
			c.add(name.Line, k.Name, "has %s twice in one entry; the first is in line %d", name.Value, first)
			continue
		}
		seen[name.Value] = name.Line
		column, ok := k.column(name.Value)
		if !ok {
			c.add(name.Line, k.Name, "an entry has no %q; expected %s", name.Value, k.columnNames())
			continue
		}
		column.Name = k.Name + "[]." + column.Name
		c.value(column, value)
	}
}

// columnNames lists the columns for a message.
func (k Key) columnNames() string {
	names := make([]string, len(k.Columns))
	for i, c := range k.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// parseTable checks the one-line form of a table, which is YAML, as an environment variable holds it.
func parseTable(k Key, text string) (any, error) {
	var document yaml.Node
	if err := yaml.NewDecoder(strings.NewReader(text)).Decode(&document); err != nil {
		return nil, k.unreadable(err)
	}
	c := checker{file: &file{}}
	c.table(k, follow(document.Content[0]))
	if len(c.problems) > 0 {
		return nil, errors.New(c.problems[0].Text)
	}
	entries, err := entriesOf(text)
	if err != nil {
		return nil, k.unreadable(err)
	}
	return entries, nil
}

// unreadable is the error of a table that is no YAML. What the reader of YAML says of it quotes the text, which may hold a secret.
func (k Key) unreadable(err error) error {
	if slices.ContainsFunc(k.Columns, func(c Key) bool { return c.Secret }) {
		return fmt.Errorf("not valid YAML; expected %s", k.expected())
	}
	return err
}

// entriesOf reads the one-line form of a table.
func entriesOf(text string) (entries []map[string]any, err error) {
	if err := yaml.Unmarshal([]byte(text), &entries); err != nil {
		return nil, fmt.Errorf("%q is not a list of entries: %w", text, err)
	}
	return entries, nil
}

// tableLines writes the entries of a table as lines of YAML, each value in the form that show returns. Columns without a value are left
// out, which has the same meaning; a list that is empty and was given is written.
func (k Key) tableLines(v any, show func(c Key, value any) any) []string {
	var out bytes.Buffer
	entries := reflect.ValueOf(v)
	for i := range entries.Len() {
		lead := "- "
		for _, c := range k.Columns {
			field := entries.Index(i).FieldByIndex(c.index)
			if field.IsZero() {
				continue
			}
			if field.Kind() == reflect.Pointer {
				field = field.Elem()
			}
			fmt.Fprintf(&out, "%s%s: %s\n", lead, c.Name, c.yaml(show(c, field.Interface())))
			lead = "  "
		}
		if lead == "- " {
			out.WriteString("- {}\n")
		}
	}
	if out.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}
