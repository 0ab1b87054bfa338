package config

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// WriteYAML writes the values in force as a file that loads to the same configuration. Values that are no default say
// where they came from.
func (s *Settings) WriteYAML(w io.Writer) error {
	return writeYAML(w, func(k Key) (string, []string) {
		line := k.yaml(k.Value(&s.Config))
		if from := s.Origin(k.Name).String(); from != "" {
			line += " # " + from
		}
		return line, nil
	})
}

// WriteExample writes a file of all keys with their defaults, each with its sentence, unit and environment variable.
func WriteExample(w io.Writer) error {
	return writeYAML(w, func(k Key) (string, []string) {
		comment := []string{k.Sentence}
		if k.Unit != "" && k.Kind != Size {
			comment = append(comment, "Unit: "+k.Unit+".")
		}
		return k.yaml(k.Default), comment
	})
}

// writeYAML writes every key in its section. render returns the value of a key and the comment lines above it; a
// section has its sentence above it when keys have comments.
func writeYAML(w io.Writer, render func(Key) (value string, comment []string)) error {
	var out bytes.Buffer
	var open []string // the sections that the last key stood in
	for _, k := range Keys() {
		value, comment := render(k)
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
		fmt.Fprintf(&out, "%s%s: %s\n", indent(len(sections)), parts[len(parts)-1], value)
	}
	_, err := out.WriteTo(w)
	return err
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

// writeComment wraps the text at 100 columns.
func writeComment(out *bytes.Buffer, depth int, text string) {
	width := 100 - 2*depth
	line := indent(depth) + "#"
	length := 1
	for word := range strings.FieldsSeq(text) {
		if length > 1 && length+1+len(word) > width {
			fmt.Fprintln(out, line)
			line, length = indent(depth)+"#", 1
		}
		line += " " + word
		length += 1 + len(word)
	}
	fmt.Fprintln(out, line)
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
			parts[i] = yamlText(list.Index(i).String())
		}
		return "[" + strings.Join(parts, ", ") + "]"
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
