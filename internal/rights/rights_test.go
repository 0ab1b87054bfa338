package rights

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const inside = "SIPSPAN_TEST_DROP"

// TestMain drops the rights of a process of its own, where a test asks for that.
func TestMain(m *testing.M) {
	if folder := os.Getenv(inside); folder != "" {
		if err := dropped(folder); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// raw opens a socket that needs CAP_NET_RAW.
func raw() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_UDP)
	if err == nil {
		err = unix.Close(s)
	}
	return err
}

// dropped drops the rights with many threads around, and tries in each what needs them.
func dropped(folder string) error {
	var ready, tried sync.WaitGroup
	gone := make(chan struct{})
	results := make(chan error, 32)
	for range cap(results) {
		ready.Add(1)
		tried.Go(func() {
			runtime.LockOSThread()
			ready.Done()
			<-gone
			switch {
			case raw() == nil:
				results <- errors.New("a thread opens a raw socket")
			case os.WriteFile(filepath.Join(folder, "root", "file"), nil, 0o600) == nil:
				results <- errors.New("a thread writes into a folder of root")
			}
		})
	}
	ready.Wait()
	u, err := Account(Config{User: "nobody"})
	if err != nil {
		return err
	}
	if err := u.Own(filepath.Join(folder, "made", "of", "need")); err != nil {
		return err
	}
	o, err := u.Drop()
	if err != nil {
		return err
	}
	close(gone)
	tried.Wait()
	select {
	case err := <-results:
		return err
	default:
	}
	o.Do(func() { err = raw() })
	if err != nil {
		return fmt.Errorf("the opener cannot open: %w", err)
	}
	o.Do(func() { err = os.WriteFile(filepath.Join(folder, "root", "file"), nil, 0o600) })
	if err == nil {
		return errors.New("the opener writes into a folder of root")
	}
	if err := os.WriteFile(filepath.Join(folder, "made", "of", "need", "file"), nil, 0o600); err != nil {
		return err
	}
	if _, err := os.ReadDir("/proc/self/fd"); err != nil { // which the filters are compiled through
		return err
	}
	if syscall.Setuid(0) == nil {
		return errors.New("root again")
	}
	o.Close()
	err = nil
	o.Do(func() { err = errors.New("run after Close") })
	return err
}

// TestDrop drops the rights of a process.
func TestDrop(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root has rights to drop")
	}
	if _, err := user.Lookup("nobody"); err != nil {
		t.Skip(err)
	}
	folder, err := os.MkdirTemp("/tmp", "sipspan-rights-") // that nobody may go into, unlike that of the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := errors.Join(os.Chmod(folder, 0o711), os.Mkdir(filepath.Join(folder, "root"), 0o755)); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), inside+"="+folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root has rights to drop")
	}
	if u, err := Account(Config{User: "root"}); u != nil || err != nil {
		t.Errorf("root: %v %v", u, err)
	}
	if _, err := Account(Config{User: "no-such-user"}); err == nil || !strings.Contains(err.Error(), "rights.user: ") || errors.Is(err, ErrNobody) {
		t.Errorf("an unknown user: %v", err)
	}
	u, err := Account(Config{})
	if _, unknown := user.Lookup(DefaultUser); unknown != nil && !errors.Is(err, ErrNobody) || unknown == nil && (err != nil || u.Name != DefaultUser) {
		t.Errorf("the default user: %v %v", u, err)
	}
	var none *Opener
	ran := false
	none.Do(func() { ran = true })
	none.Close()
	if !ran {
		t.Error("nothing was run without a drop")
	}
}
