package rights

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sipspan/internal/fault"
)

// ErrNobody is what Account returns when no user is configured and there is none of the default name.
var ErrNobody = errors.New("running as root: there is no user " + DefaultUser + " to change to, and rights.user names no other")

// User is an account to change to.
type User struct {
	Name     string
	uid, gid int
}

// Account returns the user of the configuration; nil when the process is not root's or is to stay so.
func Account(c Config) (*User, error) {
	if os.Geteuid() != 0 || c.User == "root" {
		return nil, nil
	}
	name := c.User
	if name == "" {
		name = DefaultUser
	}
	found, err := user.Lookup(name)
	if unknown := user.UnknownUserError(""); c.User == "" && errors.As(err, &unknown) {
		return nil, ErrNobody
	}
	if err != nil {
		return nil, fmt.Errorf("rights.user: %w", err)
	}
	uid, err := strconv.Atoi(found.Uid)
	if err != nil {
		return nil, fmt.Errorf("rights.user: %s: its number is %q", name, found.Uid)
	}
	gid, err := strconv.Atoi(found.Gid)
	if err != nil {
		return nil, fmt.Errorf("rights.user: %s: the number of its group is %q", name, found.Gid)
	}
	return &User{name, uid, gid}, nil
}

// Own makes a folder, and those above it, that do not exist yet, and gives them to the user. A folder that exists is left alone.
func (u *User) Own(folder string) error {
	folder = filepath.Clean(folder)
	if _, err := os.Lstat(folder); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if above := filepath.Dir(folder); above != folder {
		if err := u.Own(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(folder, 0o750); err != nil {
		return err
	}
	return os.Lchown(folder, u.uid, u.gid)
}

// Drop makes the process that of the user, without any other group and without capabilities. It checks that for every thread, and an
// error means that nobody may go on. The process remains readable for debuggers of that user, as one that the user has started.
func (u *User) Drop() (*Opener, error) {
	o := &Opener{calls: make(chan func()), closing: make(chan struct{}), ended: make(chan struct{})}
	kept, begun := make(chan error), make(chan int)
	go o.run(kept, begun)
	tid, err := <-begun, <-kept
	if err == nil {
		err = u.become()
	}
	kept <- err
	if err != nil {
		return nil, fmt.Errorf("giving up the rights of root: %w", err)
	}
	if err := errors.Join(<-kept, unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0), u.verify(tid)); err != nil {
		o.Close()
		return nil, fmt.Errorf("giving up the rights of root: %w", err)
	}
	return o, nil
}

// become changes user and groups of all threads; the kernel takes away the capabilities with that.
func (u *User) become() error {
	if err := syscall.Setgroups([]int{u.gid}); err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	if err := syscall.Setgid(u.gid); err != nil {
		return fmt.Errorf("group of %s: %w", u.Name, err)
	}
	if err := syscall.Setuid(u.uid); err != nil {
		return fmt.Errorf("user %s: %w", u.Name, err)
	}
	return nil
}

// verify returns an error when a thread has another user or capabilities, but for the permitted CAP_NET_RAW of the one of the opener.
func (u *User) verify(opener int) error {
	threads, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(threads) == 0 {
		return errors.New("/proc does not show the threads")
	}
	id := strconv.Itoa(u.uid)
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it has ended
		}
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			value = strings.TrimSpace(value)
			switch name {
			case "Uid", "Gid":
				if name == "Gid" {
					id = strconv.Itoa(u.gid)
				} else {
					id = strconv.Itoa(u.uid)
				}
				if slices.ContainsFunc(strings.Fields(value), func(n string) bool { return n != id }) {
					return fmt.Errorf("%s still has %s", path, line)
				}
			case "CapEff", "CapPrm":
				mask, err := strconv.ParseUint(value, 16, 64)
				allowed := uint64(0)
				if name == "CapPrm" && path == fmt.Sprintf("/proc/self/task/%d/status", opener) {
					allowed = 1 << unix.CAP_NET_RAW
				}
				if err != nil || mask&^allowed != 0 {
					return fmt.Errorf("%s still has %s", path, line)
				}
			}
		}
	}
	return nil
}

// Opener runs what needs CAP_NET_RAW.
type Opener struct {
	calls   chan func()
	closing chan struct{} // closed by Close
	ended   chan struct{} // closed when the thread has
}

// Do runs f with CAP_NET_RAW and returns when f has. A nil Opener runs it as it is. After Close it runs nothing.
func (o *Opener) Do(f func()) {
	if o == nil {
		f()
		return
	}
	done := make(chan struct{})
	select {
	case o.calls <- func() { defer close(done); f() }:
		<-done
	case <-o.ended:
	}
}

// Close gives up CAP_NET_RAW, too.
func (o *Opener) Close() {
	if o != nil {
		close(o.closing)
		<-o.ended
	}
}

// run is the goroutine of the one thread. It never unlocks it, so that the thread ends with it.
func (o *Opener) run(kept chan error, begun chan<- int) {
	defer close(o.ended)
	defer fault.Catch()
	runtime.LockOSThread()
	begun <- unix.Gettid()
	kept <- unix.Prctl(unix.PR_SET_KEEPCAPS, 1, 0, 0, 0)
	if <-kept != nil {
		return
	}
	kept <- errors.Join(setRaw(false), unix.Prctl(unix.PR_SET_KEEPCAPS, 0, 0, 0, 0))
	for {
		select {
		case f := <-o.calls:
			_ = setRaw(true) // without the right f fails by itself
			f()
			_ = setRaw(false)
		case <-o.closing:
			return
		}
	}
}

// setRaw permits this thread CAP_NET_RAW and nothing else, and puts it into force or not.
func setRaw(inForce bool) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var set [2]unix.CapUserData
	set[0].Permitted = 1 << unix.CAP_NET_RAW
	if inForce {
		set[0].Effective = 1 << unix.CAP_NET_RAW
	}
	if err := unix.Capset(&header, &set[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	return nil
}
