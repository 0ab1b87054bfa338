package live

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// inNamespace runs body in a network namespace of its own, in which nothing but a loopback exists. It starts the test
// binary again for that one test; the namespace ends with that process, however it ends. Where the user may not create
// one, the test is skipped and says so.
func inNamespace(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	const inside = "SIPSPAN_TEST_NAMESPACE"
	if os.Getenv(inside) == t.Name() {
		body(t)
		return
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("the ip command (iproute2) is missing")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if cmd.Process == nil {
		t.Skipf("no right to create a network namespace (CAP_SYS_ADMIN or user namespaces): %v", err)
	}
	if err != nil {
		t.Fatalf("in the namespace: %v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// ip runs an ip command.
func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %v: %v\n%s", args, err, out)
	}
}

// cable creates two interfaces that are the ends of one cable and that send nothing of their own accord.
func cable(t *testing.T, a, b string) {
	t.Helper()
	ip(t, "link", "add", a, "type", "veth", "peer", "name", b)
	for _, end := range []string{a, b} {
		ip(t, "link", "set", end, "addrgenmode", "none")
		ip(t, "link", "set", end, "up")
	}
}
