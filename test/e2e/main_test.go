//go:build e2e

package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
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
		code, err := runInside()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
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

// runInside runs the tests in a process of their own and returns its exit status. What they leave in the folder for
// temporary files goes when they have ended, even if they ran into the time limit or were interrupted.
func runInside() (code int, err error) {
	removeLeftovers()
	folder, err := ownFolder()
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder.Name())
	defer folder.Close()
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return enterNamespaces(interrupted, folder.Name())
}

// enterNamespaces starts the test binary again, and returns its exit status.
func enterNamespaces(ctx context.Context, folder string) (code int, err error) {
	runtime.LockOSThread() // the child lives as long as the thread that started it
	cmd := exec.CommandContext(ctx, "/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=1", "TMPDIR="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{capNetAdmin, capNetRaw}
	}
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("the tests need namespaces of their own (root, or user namespaces): %w", err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code, nil
	}
	return 1, fmt.Errorf("the tests in the namespaces: %v", cmd.ProcessState)
}

// folderName is what the folders of test runs are called.
const folderName = "sipspan-e2e-"

// ownFolder makes a folder for temporary files. It is locked until it is closed, and so at the latest when the process ends.
func ownFolder() (*os.File, error) {
	for {
		name, err := os.MkdirTemp("", folderName)
		if err != nil {
			return nil, err
		}
		folder, err := os.Open(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // taken for a leftover by a run that began in this moment
		case err != nil:
			return nil, err
		case lock(folder):
			return folder, nil
		}
		folder.Close()
	}
}

// lock reports whether nobody else holds the lock of a folder, and then holds it.
func lock(folder *os.File) bool {
	return unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// removeLeftovers removes the folders of runs that were killed: nobody holds their locks.
func removeLeftovers() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), folderName+"*")) // fails for a bad pattern only
	for _, name := range folders {
		folder, err := os.Open(name)
		if err != nil {
			continue // another's
		}
		if lock(folder) {
			_ = os.RemoveAll(name) // another user's stays
		}
		folder.Close()
	}
}
