package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"sipspan/config"
	"sipspan/internal/app"
	"sipspan/record"
)

// The exit status of the program.
const (
	exitOK       = 0
	exitFailed   = 1  // an input could not be read, was cut short, or the work failed
	exitUsage    = 2  // command line or configuration
	exitInternal = 70 // a fault of the program itself, EX_SOFTWARE of sysexits(3)
)

// usageError is a command line that cannot be executed. help names the command whose --help explains it.
type usageError struct {
	err  error
	help string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// internalError is a fault of the program itself.
type internalError struct{ err error }

func (e *internalError) Error() string { return e.err.Error() }
func (e *internalError) Unwrap() error { return e.err }

// status writes the error to stderr, one line for each fault, and returns the exit status.
func status(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return exitOK // the reader of the output closed it
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(stderr, "sipspan:", record.Visible(line)) // it may quote a file name, or what a server answered
	}
	var usage *usageError
	var internal *internalError
	var problems config.Problems
	var unusable *app.ConfigError
	switch {
	case errors.As(err, &usage):
		if usage.help != "" {
			fmt.Fprintf(stderr, "“%s --help” shows how it is used.\n", usage.help)
		}
		return exitUsage
	case errors.As(err, &problems), errors.As(err, &unusable):
		return exitUsage
	case errors.As(err, &internal):
		return exitInternal
	}
	return exitFailed
}
