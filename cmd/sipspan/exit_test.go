package main

import (
	"errors"
	"strings"
	"testing"
)

// TestErrorsAreHarmlessOnATerminal checks an error that quotes what somebody else chose, such as a file name.
func TestErrorsAreHarmlessOnATerminal(t *testing.T) {
	var stderr strings.Builder
	if got := status(errors.New("open a\x1b[31m\u009b\u202e: not there\nanother"), &stderr); got != exitFailed {
		t.Error(got)
	}
	if got, want := stderr.String(), "sipspan: open a\\x1b[31m\\xc2\\x9b\ufffd: not there\nsipspan: another\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
