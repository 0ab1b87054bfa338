package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"sipspan/internal/suggest"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file is a configuration file that was read and checked against the keys.
type file struct {
	path  string
	text  []byte
	lines map[string]int // line of each key that the file sets
}

// yamlLine is how the YAML reader reports where it stopped.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// readFile reads the file and checks it: names, values, nothing twice. The meaning of the values is not checked.
func readFile(path string) (*file, Problems) {
	f := &file{path: path, lines: map[string]int{}}
	var err error
	if f.text, err = os.ReadFile(path); err != nil {
		if reason := (*os.PathError)(nil); errors.As(err, &reason) {
			err = reason.Err
		}
		return f, Problems{f.problem(0, "", "cannot be read: "+err.Error())}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(f.text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return f, nil
	case err != nil:
		return f, Problems{f.syntax(err)}
	}
	c := checker{file: f}
	c.keys, c.sections = known()
	c.section("", document.Content[0])
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		if err != nil {
			c.problems = append(c.problems, f.syntax(err))
		} else {
			c.problems = append(c.problems, f.problem(0, "", "holds more than one YAML document; expected one"))
		}
	}
	return f, c.problems
}

func (f *file) problem(line int, key, text string) Problem {
	return Problem{Origin: Origin{File: f.path, Line: line}, Key: key, Text: text}
}

func (f *file) syntax(err error) Problem {
	line, text := 0, err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	return f.problem(line, "", "not valid YAML: "+text)
}

// checker walks over the nodes of a file.
type checker struct {
	file     *file
	keys     map[string]Key
	sections map[string]bool
	problems Problems
}

func (c *checker) add(line int, key, format string, args ...any) {
	c.problems = append(c.problems, c.file.problem(line, key, fmt.Sprintf(format, args...)))
}

// section checks the mapping of a section; the name of the whole file is empty.
func (c *checker) section(name string, n *yaml.Node) {
	n = follow(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		if name == "" {
			c.add(n.Line, "", "expected keys with values, such as “sensor: edge-1”, found %s", describe(n))
		} else {
			c.add(n.Line, name, "expected keys below it, found %s", describe(n))
		}
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		full := key.Value
		if name != "" {
			full = name + "." + key.Value
		}
		if first, ok := seen[key.Value]; ok {
			c.add(key.Line, full, "appears twice; the first is in line %d", first)
			continue
		}
		seen[key.Value] = key.Line
		if strings.Contains(key.Value, ".") {
			c.unknown(key.Line, full)
		} else if c.sections[full] {
			c.section(full, value)
		} else if k, ok := c.keys[full]; ok {
			c.file.lines[full] = key.Line
			c.value(k, follow(value))
		} else {
			c.unknown(key.Line, full)
		}
	}
}

func (c *checker) unknown(line int, name string) {
	if _, dotted := c.keys[name]; dotted {
		c.add(line, name, "write it as key and sub key, not with a dot")
		return
	}
	names := map[string]bool{}
	for k := range c.keys {
		names[k] = true
	}
	for s := range c.sections {
		names[s] = true
	}
	if like := suggest.Nearest(name, slices.Sorted(maps.Keys(names))); like != "" {
		c.add(line, name, "unknown key; the nearest is %s", like)
		return
	}
	c.add(line, name, "unknown key")
}

// value checks the value of a key. An empty one leaves the default.
func (c *checker) value(k Key, n *yaml.Node) {
	if isNull(n) {
		return
	}
	if k.Kind == List {
		if n.Kind != yaml.SequenceNode {
			c.add(n.Line, k.Name, "expected %s, found %s", k.expected(), describe(n))
			return
		}
		for _, item := range n.Content {
			if item = follow(item); item.Kind != yaml.ScalarNode || item.Tag != "!!str" && (item.Tag != "!!int" || k.Unit != codesUnit) {
				c.add(item.Line, k.Name, "expected a list of texts, found %s in it", describe(item))
			}
		}
		return
	}
	if k.Kind == Table {
		c.table(k, n)
		return
	}
	if n.Kind != yaml.ScalarNode || !k.takes(n.Tag) {
		found := describe(n)
		if k.Secret {
			found = "something else"
		}
		c.add(n.Line, k.Name, "expected %s, found %s", k.expected(), found)
		return
	}
	if err := k.check(n.Value); err != nil {
		c.add(n.Line, k.Name, "%v", err)
	}
}

// takes reports whether a scalar of this YAML type can be a value of the key. A bare number is not a duration, because its unit
// would be a guess.
func (k Key) takes(tag string) bool {
	switch k.Kind {
	case Bool:
		return tag == "!!bool"
	case Int:
		return tag == "!!int"
	case Float:
		return tag == "!!float" || tag == "!!int"
	case Size:
		return tag == "!!int" || tag == "!!str"
	}
	return tag == "!!str"
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// describe names what stands in the file, for the person who wrote it.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return n.Value
	case "!!null":
		return "nothing"
	}
	return strconv.Quote(n.Value)
}
