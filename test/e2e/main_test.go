//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// inside tells the test binary that it runs in its namespaces.
const inside = "E2E_INSIDE"

// What it takes in the namespace to set up interfaces and to capture, as <linux/capability.h> numbers it.
const (
	capNetAdmin = 12
	capNetRaw   = 13
)

// TestMain runs the tests in a network and a process namespace of their own. In the one nothing but a loopback exists, so
// every address and port is free; with the other all that was started ends when the tests end, however they end.
func TestMain(m *testing.M) {
	if os.Getenv(inside) == "" {
		os.Exit(enterNamespaces())
	}
	// Where Debian has Kamailio and ip, which only root has in its path.
	if err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin"); err != nil {
		panic(err)
	}
	flag.Parse()
	// What the tests do is wait for others, so more run at a time than there are processors.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// enterNamespaces starts the test binary again, and returns its exit status.
func enterNamespaces() int {
	runtime.LockOSThread() // the child lives as long as the thread that started it
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{capNetAdmin, capNetRaw}
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "the tests need namespaces of their own (root, or user namespaces):", err)
		return 1
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	fmt.Fprintln(os.Stderr, "the tests in the namespaces:", cmd.ProcessState)
	return 1
}
