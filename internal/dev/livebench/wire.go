package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// wire is a pair of interfaces between two namespaces.
type wire struct{ watcher, sender string }

const (
	watched = "span0"
	sending = "wire0"
)

// connect makes the namespaces and the interfaces.
func connect() (wire, error) {
	w := wire{fmt.Sprint("livebench-watcher-", os.Getpid()), fmt.Sprint("livebench-sender-", os.Getpid())}
	for _, args := range []string{
		"netns add " + w.watcher, "netns add " + w.sender,
		"link add " + watched + " netns " + w.watcher + " mtu 2000 type veth peer name " + sending + " netns " + w.sender + " mtu 2000",
		"-n " + w.watcher + " link set lo up", "-n " + w.watcher + " link set " + watched + " up", "-n " + w.sender + " link set " + sending + " up",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			w.cut()
			return wire{}, fmt.Errorf("ip %s: %w: %s", args, err, out)
		}
	}
	return w, nil
}

// cut removes what connect has made.
func (w wire) cut() {
	for _, name := range []string{w.watcher, w.sender} {
		_ = exec.Command("ip", "netns", "delete", name).Run() // it may not have been made
	}
}

// inside returns a command within a namespace, which exec replaces by the program itself.
func inside(ctx context.Context, namespace string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", namespace}, args...)...)
}

var (
	sentPackets = regexp.MustCompile(`Actual: (\d+) packets`)
	sentRate    = regexp.MustCompile(`([\d.]+) pps`)
)

// send sends the first packets of a capture and returns how many it sent, and how many a second.
func (w wire) send(ctx context.Context, capture string, packets, rate int) (sent uint64, perSecond float64, err error) {
	out, err := inside(ctx, w.sender, "tcpreplay", "--preload-pcap", "--intf1="+sending, "--pps="+strconv.Itoa(rate), "--limit="+strconv.Itoa(packets), capture).CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("tcpreplay: %w: %s", err, out)
	}
	number, speed := sentPackets.FindSubmatch(out), sentRate.FindSubmatch(out)
	if number == nil || speed == nil {
		return 0, 0, fmt.Errorf("tcpreplay does not tell what it sent: %s", out)
	}
	sent, err = strconv.ParseUint(string(number[1]), 10, 64)
	perSecond, err2 := strconv.ParseFloat(string(speed[1]), 64)
	return sent, perSecond, errors.Join(err, err2)
}

// listens reports whether somebody captures in the namespace of the watcher.
func (w wire) listens(ctx context.Context) bool {
	out, err := inside(ctx, w.watcher, "cat", "/proc/net/packet").Output()
	return err == nil && strings.Count(string(out), "\n") > 1
}
