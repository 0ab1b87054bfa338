package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan is for who packages the program, and therefore not listed.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write the man pages of all commands into a folder",
		Hidden: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{err: fmt.Errorf("%s takes one folder", cmd.CommandPath()), help: cmd.CommandPath()}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root() // the date of the pages is that of SOURCE_DATE_EPOCH, where it is set
			root.DisableAutoGenTag = true
			return doc.GenManTreeFromOpts(root, doc.GenManTreeOptions{
				Header: &doc.GenManHeader{Section: "1", Source: versionLine(), Manual: "sipspan"}, Path: args[0], CommandSeparator: "-",
			})
		},
	}
}

// versionLine is the first line of what “sipspan version” prints.
func versionLine() string {
	var b strings.Builder
	_ = writeVersion(&b)
	line, _, _ := strings.Cut(b.String(), "\n")
	return line
}

// versionFlag lets --version print what “sipspan version” does.
func versionFlag(root *cobra.Command) {
	v, _ := buildVersion()
	root.Version = v
	cobra.AddTemplateFunc("sipspanVersion", func() string {
		var b strings.Builder
		_ = writeVersion(&b)
		return b.String()
	})
	root.SetVersionTemplate("{{sipspanVersion}}")
}
