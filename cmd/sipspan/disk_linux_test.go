package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// diskDaemon is a daemon whose records go to a small disk that it alone sees, in a mount namespace of its own.
type diskDaemon struct {
	*process
	watcher, sender string
	folder          string   // of the records, as the daemon names it
	disk            *os.File // the folder itself: it stays readable when the daemon has ended, and when something is mounted over it
	sent            int      // instant messages, each of which is one record
}

const diskAddress = "http://127.0.0.1:9477/"

// onSmallDisk starts the daemon, its records on a disk of 512 KiB. It runs as nobody, whom the modes of files bind.
func onSmallDisk(t *testing.T) *diskDaemon {
	t.Helper()
	d := &diskDaemon{}
	d.watcher, d.sender = namespaces(t)
	above := t.TempDir()
	for _, path := range []string{above, filepath.Dir(above)} { // that of a test is for its user alone
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	d.folder = filepath.Join(above, "records")
	if err := os.Mkdir(d.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	text := "exporters: {prometheus: {listen: 127.0.0.1:9477}, files: {directory: " + d.folder + ", min_free: 1}}\n" +
		"session: {linger: 100ms, reorder: 0s}\nstate: {sessions: false}\nrights: {user: nobody}\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d.process = start(t, "ip", "netns", "exec", d.watcher, "sh", "-c",
		"mount -t tmpfs -o size=512k,mode=755,uid=nobody tmpfs "+d.folder+" && exec sipspan run -i span0 --config "+config)
	in(t, d.watcher, "scrape", diskAddress+"readyz")
	var err error
	if d.disk, err = os.Open(fmt.Sprintf("/proc/%d/root%s", d.cmd.Process.Pid, d.folder)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.disk.Close() })
	return d
}

// on is the name of a file on the disk, also when nothing of the disk is mounted any more.
func (d *diskDaemon) on(name string) string {
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.disk.Fd(), name)
}

// mount calls mount or umount where the daemon sees it.
func (d *diskDaemon) mount(t *testing.T, args ...string) {
	t.Helper()
	in(t, d.watcher, append([]string{"nsenter", "-m", "-t", strconv.Itoa(d.cmd.Process.Pid)}, args...)...)
}

// send sends instant messages and waits until the records of all are there, written or lost.
func (d *diskDaemon) send(t *testing.T, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("hosts: a=192.0.2.10 b=192.0.2.11\n")
	for i := d.sent; i < d.sent+n; i++ {
		fields := fmt.Sprintf("Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK%d\nFrom: <sip:alice@example.com>;tag=f%d\nTo: <sip:bob@example.net>%%s\n"+
			"Call-ID: message-%d@192.0.2.10\nCSeq: 1 MESSAGE\nMax-Forwards: 70\nContent-Length: 0\n\n", i, i, i)
		at := float64(i-d.sent) / 500
		fmt.Fprintf(&b, "@%.3f a -> b udp\nMESSAGE sip:bob@example.net SIP/2.0\n"+fields, at, "")
		fmt.Fprintf(&b, "@%.3f b -> a udp\nSIP/2.0 200 OK\n"+fields, at+0.001, ";tag=t")
	}
	d.sent += n
	in(t, d.sender, "replay", "wire0", writeFlow(t, parseFlow(t, b.String())))
	in(t, d.watcher, "scrape", diskAddress+"metrics", "sipspan_records_total", strconv.Itoa(d.sent))
}

// lines counts the records on the disk. When the daemon has ended, each file must end with a whole line.
func (d *diskDaemon) lines(t *testing.T, ended bool) int {
	t.Helper()
	entries, err := os.ReadDir(d.on("."))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, entry := range entries {
		if !strings.Contains(entry.Name(), ".jsonl") {
			continue
		}
		text, err := os.ReadFile(d.on(entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if ended && !strings.HasSuffix(string(text), "\n") {
			t.Errorf("%s ends in half a line", entry.Name())
		}
		n += strings.Count(string(text), "\n")
	}
	return n
}

// statusLine is what the last line of the log holds about the record files.
var statusLine = regexp.MustCompile(`msg=stopped .*files\.queued=(\d+) files\.delivered=(\d+) files\.errors=(\d+)`)

// TestDaemonOnBadDisk breaks the disk of a daemon's records while they are written, and mends it. The daemon goes on, every record is on the
// disk or counted as lost, the log has the fault and its end, and a fault that is over leaves the exit status 0.
func TestDaemonOnBadDisk(t *testing.T) {
	for _, tt := range []struct {
		name        string
		harm, mend  func(t *testing.T, d *diskDaemon)
		errs        []string // one of them is in the log: that which is found first
		anotherFile bool     // the file that was written before keeps its temporary name
	}{
		{
			name: "full",
			harm: func(t *testing.T, d *diskDaemon) {
				if err := os.WriteFile(d.on("ballast"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
					t.Fatal(err)
				}
			},
			mend: func(t *testing.T, d *diskDaemon) {
				if err := os.Remove(d.on("ballast")); err != nil {
					t.Fatal(err)
				}
			},
			errs: []string{"no space left on device", "less than exporters.files.min_free allows"},
		},
		{
			name: "another one, read-only, in its place",
			harm: func(t *testing.T, d *diskDaemon) {
				d.mount(t, "mount", "-t", "tmpfs", "-o", "ro", "tmpfs", d.folder)
			},
			mend:        func(t *testing.T, d *diskDaemon) { d.mount(t, "umount", d.folder) },
			errs:        []string{"read-only file system", "less than exporters.files.min_free allows"},
			anotherFile: true,
		},
		{
			name: "a folder that may not be written to, and from which the file was removed",
			harm: func(t *testing.T, d *diskDaemon) {
				parts, err := filepath.Glob(d.on("message-*.part"))
				if err != nil || len(parts) != 1 {
					t.Fatal(parts, err)
				}
				if err := errors.Join(os.Chmod(d.on("."), 0o555), os.Remove(parts[0])); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(t *testing.T, d *diskDaemon) {
				if err := os.Chmod(d.on("."), 0o755); err != nil {
					t.Fatal(err)
				}
			},
			errs: []string{"permission denied", "was removed while it was written"},
		},
	} {
		t.Run(strings.ReplaceAll(tt.name, ",", ""), func(t *testing.T) {
			d := onSmallDisk(t)
			d.send(t, 50)
			for d.lines(t, false) < d.sent { // they are flushed each second
				time.Sleep(50 * time.Millisecond)
			}
			tt.harm(t, d)
			d.send(t, 1000)
			in(t, d.watcher, "scrape", diskAddress+"metrics", `sipspan_exporter_errors_total`, "1")
			in(t, d.watcher, "scrape", diskAddress+"healthz")
			tt.mend(t, d)
			for before := d.lines(t, false); d.lines(t, false) == before; {
				d.send(t, 20)
			}
			d.send(t, 20)
			d.stop(t)
			log := d.stderr.String()
			for _, want := range []string{`msg="exporter fails" exporter=files`, `msg="exporter works again" exporter=files records_lost=`} {
				if !strings.Contains(log, want) {
					t.Errorf("the log does not hold %q", want)
				}
			}
			if !slices.ContainsFunc(tt.errs, func(text string) bool { return strings.Contains(log, text) }) {
				t.Errorf("the log holds none of %q", tt.errs)
			}
			figures := statusLine.FindStringSubmatch(log)
			if figures == nil {
				t.Fatal("no account in the log")
			}
			delivered, _ := strconv.Atoi(figures[2])
			lost, _ := strconv.Atoi(figures[3])
			records := d.sent + strings.Count(log, `msg="alert `)
			if lines := d.lines(t, true); delivered+lost != records || lines != delivered || lost == 0 {
				t.Errorf("%d records are on the disk, %d were delivered and %d lost, of %d", lines, delivered, lost, records)
			}
			if parts, err := filepath.Glob(d.on("*.part")); err != nil || len(parts) > 0 != tt.anotherFile {
				t.Errorf("unfinished: %v (%v)", parts, err)
			}
		})
	}
}
