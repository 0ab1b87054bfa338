// Command sipspan watches SIP passively: it reads saved captures or live interfaces and writes call records,
// registrations, subscriptions, failures and metrics. “sipspan help” describes the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"sipspan/internal/fault"
)

func main() {
	// When the reader of the output has gone away, the write returns EPIPE; no signal ends the process.
	signal.Ignore(syscall.SIGPIPE)
	fault.Handle(func(err error) { os.Exit(status(&internalError{err}, os.Stderr)) })
	defer fault.Catch()
	os.Exit(status(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr), os.Stderr))
}
