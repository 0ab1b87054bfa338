// Command sipspan watches SIP passively: it reads saved captures or live interfaces and writes call records,
// registrations, subscriptions, failures and metrics. “sipspan help” tells more.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader of our output that has gone away is told by the write, not by a signal that ends the process.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(status(guarded(context.Background(), os.Args[1:], os.Stdout, os.Stderr), os.Stderr))
}

// guarded turns a fault of the program into one line for a person.
func guarded(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &internalError{fmt.Errorf("internal fault, please report it: %v", fault)}
		}
	}()
	return run(ctx, args, stdout, stderr)
}
