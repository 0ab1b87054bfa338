package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"sipspan/internal/dev/player"
)

// longest is the longest pause between two messages.
const longest = 700 * time.Millisecond

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: demo PROGRAM CAPTURE [PORT]")
		os.Exit(2)
	}
	port := "9580"
	if len(os.Args) == 4 {
		port = os.Args[3]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := show(ctx, os.Args[1], os.Args[2], port); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// show runs the daemon and plays to it until ctx ends.
func show(ctx context.Context, program, capture, port string) (err error) {
	folder, err := os.MkdirTemp("", "sipspan-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	messages, err := player.Load(ctx, capture)
	if err != nil {
		return err
	}
	agents, err := freePort()
	if err != nil {
		return err
	}
	settings := filepath.Join(folder, "sipspan.yaml")
	text := fmt.Sprintf("sensor: demo\nlog: {level: warn}\nhep: {listen: ['udp:%s']}\nweb: {listen: ':%s'}\nstate: {sessions: false}\nexporters:\n"+
		"  store: {directory: %[3]s/history, messages: true, min_free: 0}\n  prometheus: {enabled: false}\n", agents, port, folder)
	if os.Geteuid() == 0 {
		text += "rights: {user: root}\n"
	}
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		return err
	}
	ending, end := context.WithCancel(ctx)
	defer end()
	daemon := exec.CommandContext(ending, program, "run", "--config", settings)
	daemon.Stderr = os.Stderr
	daemon.Cancel = func() error { return daemon.Process.Signal(os.Interrupt) }
	daemon.WaitDelay = time.Minute
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // ctrl-C reaches this program alone, which ends the daemon in order
	if err := daemon.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- daemon.Wait() }()
	page := "http://127.0.0.1:" + port + "/"
	if err := reached(ctx, page, ended); err != nil {
		return err
	}
	fmt.Println("The page is at", page, "until ctrl-C.")
	playing := make(chan error, 1)
	go func() { playing <- messages.Loop(ending, agents, longest) }()
	select {
	case err = <-ended:
		return errors.Join(errors.New("the daemon has ended"), err)
	case err = <-playing:
	case <-ctx.Done():
	}
	end()
	<-ended
	return err
}

// freePort returns an address of this machine to which nobody listens.
func freePort() (string, error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return c.LocalAddr().String(), c.Close()
}

// reached returns when the page answers.
func reached(ctx context.Context, page string, ended <-chan error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	client := http.Client{Timeout: time.Second}
	for {
		select {
		case err := <-ended:
			return errors.Join(errors.New("the daemon does not run"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if response, err := client.Get(page); err == nil {
				return response.Body.Close()
			}
		}
	}
}
