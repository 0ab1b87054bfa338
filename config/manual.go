package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

//go:generate go run ../internal/dev/manual

// Written holds the files of the tree that are written from the keys, by path from the top of the tree.
var Written = map[string]func(io.Writer) error{
	"systemd/sipspan.yaml":  writeShipped,
	"docs/configuration.md": writePage,
}

const shippedHead = `# The configuration of sipspan with every key at its default. A key that is left out keeps its default.
#
# The environment takes precedence over this file (SIPSPAN_ and the key in capitals with _ for each dot, such as
# SIPSPAN_LOG_LEVEL), and command line flags over both. "sipspan check --config FILE" reports what is
# wrong with a file; "systemctl reload sipspan" applies a changed file and logs which of the
# changes need a restart.
#
# Durations are written 500ms, 5s, 1m30s; sizes 65536, 64KiB, 16MiB.

`

func writeShipped(w io.Writer) error {
	if _, err := io.WriteString(w, shippedHead); err != nil {
		return err
	}
	return WriteExample(w)
}

const pageHead = `# Configuration

A setting comes from the first of these places that has it:

1. a command line flag,
2. an environment variable: ` + "`SIPSPAN_`" + ` and the key in capitals with ` + "`_`" + ` for each dot, for example
   ` + "`SIPSPAN_CAPTURE_INTERFACES=eth0,eth1`" + ` (an empty variable counts as not set),
3. the YAML file named by ` + "`--config`" + ` or by ` + "`SIPSPAN_CONFIG`" + `,
4. the default.

In the file, a key with a dot is a key below a section:

` + "```yaml" + `
capture:
  interfaces: [eth0, eth1]
` + "```" + `

Durations are written with their unit: ` + "`500ms`, `5s`, `1m30s`, `24h`" + `. Sizes are a number of bytes, bare or with a unit:
` + "`65536`, `64KiB`, `16MiB`, `5MB`" + `.

` + "`sipspan check --config FILE`" + ` checks everything, the capture filter included, and names each fault with file, line and key. It also opens, and closes
again, what the daemon would open on this machine: interfaces, addresses, folders and keys; with ` + "`--values`" + ` it does not.
` + "`sipspan check --dump`" + ` prints the values in force and where each one came from. In the place of secrets,
such as keys, the values of header fields and what addresses of receivers have after the host, it has ` + "`HIDDEN`" + `, which they cannot be. A file with an unknown key, a wrong type or an
impossible value is refused as a whole. An unknown variable that begins with ` + "`SIPSPAN_`" + ` is only warned of.

On SIGHUP (` + "`systemctl reload sipspan`" + `) the file is read again. Keys marked *reload* change while running; a change of any other
key is logged and needs a restart. A file with a fault changes nothing.

This page is written from the code; ` + "`systemd/sipspan.yaml`" + ` is the same as a file.
`

func writePage(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(pageHead)
	section := "-"
	for _, k := range Keys() {
		name, _ := parent(k.Name)
		if name != section {
			section = name
			heading, sentence := "`"+name+"`", sectionSentences[name]
			if name == "" {
				heading, sentence = "At the top", ""
			}
			fmt.Fprintf(&out, "\n## %s\n", heading)
			if sentence != "" {
				fmt.Fprintf(&out, "\n%s\n", sentence)
			}
			out.WriteString("\n| key | type | default | |\n| --- | --- | --- | --- |\n")
		}
		sentence := k.Sentence
		if k.Unit != "" && k.Kind != Size {
			sentence += " Unit: " + k.Unit + "."
		}
		if k.Reload {
			sentence += " *reload*"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", k.Name, k.Kind, k.cell(), strings.ReplaceAll(sentence, "|", `\|`))
		for _, c := range k.Columns {
			fmt.Fprintf(&out, "| `%s[].%s` | %s | | %s |\n", k.Name, c.Name, c.Kind, strings.ReplaceAll(c.Sentence, "|", `\|`))
		}
	}
	_, err := out.WriteTo(w)
	return err
}

// cell is the default in a table.
func (k Key) cell() string {
	if k.Kind == Table && len(k.tableLines(k.Default, Key.shown)) > 0 {
		return "see the shipped file"
	}
	return "`" + strings.ReplaceAll(k.yaml(k.Default), "|", `\|`) + "`"
}
