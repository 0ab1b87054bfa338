package main

import (
	"os"
	"syscall"
	"testing"
)

// TestRequests sends the signals by which a daemon is asked for something: each arrives on its channel, until release.
func TestRequests(t *testing.T) {
	reload, status, release := requests()
	self, err := os.FindProcess(os.Getpid())
	check(t, err)
	for signal, arrives := range map[syscall.Signal]<-chan os.Signal{syscall.SIGHUP: reload, syscall.SIGUSR1: status} {
		check(t, self.Signal(signal))
		if got := <-arrives; got != signal {
			t.Errorf("%v arrives as %v", signal, got)
		}
	}
	release()
}

// TestUntilStopped ends the context with the first SIGTERM.
func TestUntilStopped(t *testing.T) {
	ctx, stop := untilStopped(t.Context())
	defer stop()
	self, err := os.FindProcess(os.Getpid())
	check(t, err)
	check(t, self.Signal(syscall.SIGTERM))
	<-ctx.Done()
}
