package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
	"sipspan/record"
	"sipspan/record/choose"
)

const (
	// mostCompleted is how many records are read for the completion of one word.
	mostCompleted = 4096
	// largestCompleted is the size in bytes up to which captures are read for it. Of record files the beginning is enough.
	largestCompleted = 1 << 20
)

// errEnough ends the reading for a completion.
var errEnough = errors.New("enough records for a completion")

// completeCallID offers the Call-IDs in the inputs that stand on the command line.
func completeCallID(in *inputs) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return callIDs(cmd.Context(), in, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// callIDs reads the first records of inputs for Call-IDs with a beginning. Captures that are large, and standard input, are not read.
func callIDs(ctx context.Context, in *inputs, args []string, begun string) (found []string) {
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return sizeOfCaptures(arg) > largestCompleted })
	if len(args) == 0 {
		return nil
	}
	looking, err := in.looking(args, io.Discard)
	if err != nil {
		return nil
	}
	looking.Progress = nil
	seen, read := map[string]bool{}, 0
	_ = app.Records(ctx, looking, func(r record.Record) error { // of what cannot be read, nothing is offered
		if id := r.Head().CallID; !seen[id] && strings.HasPrefix(id, begun) && fitForShell(id) {
			seen[id] = true
			found = append(found, id)
		}
		if read++; read >= mostCompleted {
			return errEnough
		}
		return nil
	})
	return found
}

// sizeOfCaptures returns how many bytes the captures of an argument have; that of standard input is beyond any limit.
func sizeOfCaptures(arg string) (size int64) {
	if arg == "-" {
		return largestCompleted + 1
	}
	for _, path := range app.Captures([]string{arg}) {
		if info, err := os.Stat(path); err == nil {
			size += info.Size()
		}
	}
	return size
}

// fitForShell reports whether a text from the wire is a word of a command line that needs no quotation marks.
func fitForShell(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune("-._@:+=/%", rune(c)) {
			return false
		}
	}
	return s != "" && s[0] != '-'
}

// completeWhere offers the members of records for the last word of an expression.
func completeWhere(_ *cobra.Command, _ []string, begun string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	at := len(begun)
	for at > 0 && isMemberByte(begun[at-1]) {
		at--
	}
	for _, name := range choose.Members() {
		if strings.HasPrefix(name, begun[at:]) {
			found = append(found, begun[:at]+name)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func isMemberByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.'
}
