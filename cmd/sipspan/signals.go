package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilStopped returns a context that ends with the first SIGINT or SIGTERM: what is open is then finished in order.
// After that these signals have their default effect, so that a second one ends the process at once.
func untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// requests delivers SIGHUP, which asks the daemon to reload, and SIGUSR1, which asks it for a status line, until release is called.
func requests() (reload, status <-chan os.Signal, release func()) {
	hangup, user := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	signal.Notify(user, syscall.SIGUSR1)
	return hangup, user, func() {
		signal.Stop(hangup)
		signal.Stop(user)
	}
}
