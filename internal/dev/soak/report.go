//go:build linux

package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// final is what is known when all has ended.
type final struct {
	verdict
	exit                                 error // of the daemon
	ready                                error // why /readyz did not answer 200 before the end
	packets, delivered, dropped, ignored int64 // of the daemon's account
	lost                                 int64 // packets that the kernel or the interface dropped
	written, recordsQueued, recordsLost  int64 // records, by the daemon's account
}

// account is the last line of the daemon's log.
var account = regexp.MustCompile(`msg=stopped .*?\bpackets=(\d+) .*?\bdelivered=(\d+) dropped=(\d+) lost_before=(\d+) .*?files\.queued=(\d+) files\.delivered=(\d+) files\.errors=(\d+)`)

// finish ends the daemon when nothing is sent any more, and reads what it has left.
func (s *soak) finish() (f final, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if s.watch.ended() {
		return f, fmt.Errorf("the daemon has ended by itself: %w", <-s.daemon.ended)
	}
	f.ready = s.daemon.ready(ctx)
	_, text, err := page(ctx, "/metrics")
	if err != nil {
		return f, err
	}
	f.ignored = int64(sum(text, "sipspan_packets_ignored_total"))
	f.exit = s.daemon.stop()
	log := s.daemon.log.String()
	figures := account.FindStringSubmatch(log)
	if figures == nil {
		return f, errors.Join(errors.New("the log holds no account"), f.exit)
	}
	for i, to := range []*int64{&f.packets, &f.delivered, &f.dropped, &f.lost, &f.recordsQueued, &f.written, &f.recordsLost} {
		*to, _ = strconv.ParseInt(figures[i+1], 10, 64)
	}
	s.reader.read(true)
	if s.reader.err != nil {
		return f, s.reader.err
	}
	f.verdict = s.ledger.verdict()
	return f, nil
}

// wrong returns what does not agree.
func (s *soak) wrong(f final) error {
	var all []error
	expect := func(holds bool, format string, args ...any) {
		if !holds {
			all = append(all, fmt.Errorf(format, args...))
		}
	}
	all = append(all, s.watch.faults)
	expect(f.exit == nil, "the daemon ended with %v", f.exit)
	expect(f.ready == nil, "the daemon was not ready at the end: %v", f.ready)
	expect(!strings.Contains(s.daemon.log.String(), "goroutine "), "the log holds a stack")
	first, last := s.watch.of(firstCalm), s.watch.of(lastCalm)
	expect(last.median <= first.median/20*21, "memory grew from %s to %s", mebibytes(first.median), mebibytes(last.median))
	limit := int64(s.memory) << 20
	for _, p := range s.watch.parts {
		peak := p.figures().peak
		expect(peak <= limit/10*11, "%s: %s of memory, more than a tenth above the limit of %s", p.name, mebibytes(peak), mebibytes(limit))
	}
	expect(last.goroutines <= first.goroutines, "%d goroutines, and %d before", last.goroutines, first.goroutines)
	expect(last.descriptors <= first.descriptors, "%d descriptors, and %d before", last.descriptors, first.descriptors)
	expect(f.packets == f.delivered+f.ignored+f.dropped, "%d packets are not %d delivered, %d ignored and %d dropped", f.packets, f.delivered, f.ignored, f.dropped)
	expect(f.packets+f.lost >= s.sender.visible.Load(), "%d packets could be seen, %d were captured and %d counted as lost", s.sender.visible.Load(), f.packets, f.lost)
	read := int64(s.reader.others)
	for _, n := range s.ledger.records {
		read += int64(n)
	}
	expect(read == f.written && f.recordsQueued == 0, "%d records are in files, %d were delivered and %d are queued", read, f.written, f.recordsQueued)
	shed := f.dropped + f.lost
	expect(int64(f.missing) <= f.recordsLost+shed, "%d calls have no record, but %d records were lost and %d packets shed", f.missing, f.recordsLost, shed)
	expect(int64(f.strange) <= shed, "%d calls have a record that is not what happened, and %d packets were shed", f.strange, shed)
	expect(f.twice == 0, "%d calls have several records", f.twice)
	for _, flt := range faults {
		expect(s.done[flt.name] > 0 || s.length < 5*time.Minute, "%s never happened: the run was too short", flt.name)
	}
	return errors.Join(all...)
}

// report prints the table, in Markdown.
func (s *soak) report(out io.Writer, f final) {
	fmt.Fprintf(out, "Seed %d, %v, %d calls a second and floods of %d packets a second, `limits.memory` %d MiB; %s\n\n",
		s.seed, s.length, s.calls, s.flood, s.memory, machine())
	row := func(cells ...any) {
		fmt.Fprint(out, "|")
		for _, c := range cells {
			fmt.Fprintf(out, " %v |", c)
		}
		fmt.Fprintln(out)
	}
	row("part", "memory, median", "memory, peak", "goroutines", "descriptors")
	row("---", "---:", "---:", "---:", "---:")
	for _, p := range s.watch.parts {
		v := p.figures()
		row(p.name, mebibytes(v.median), mebibytes(v.peak), v.goroutines, v.descriptors)
	}
	fmt.Fprintln(out)
	row("flood", "most memory while it was played")
	row("---", "---:")
	for _, name := range slices.SortedFunc(maps.Keys(s.watch.peaks), func(a, b string) int { return cmp.Compare(s.watch.peaks[b], s.watch.peaks[a]) }) {
		row(name, mebibytes(s.watch.peaks[name]))
	}
	fmt.Fprintln(out)
	row("fault", "times")
	row("---", "---:")
	for _, flt := range faults {
		row(flt.name, s.done[flt.name])
	}
	fmt.Fprintln(out)
	row("account", "")
	row("---", "---:")
	row("packets sent, those of floods among them", fmt.Sprintf("%d, %d", s.sender.sent.Load(), s.sender.flooded.Load()))
	row("packets sent while the interface could be seen", s.sender.visible.Load())
	row("packets captured = delivered + ignored + dropped", fmt.Sprintf("%d = %d + %d + %d", f.packets, f.delivered, f.ignored, f.dropped))
	row("packets that the kernel dropped", f.lost)
	row("calls that began, those that could be seen among them", fmt.Sprintf("%d, %d", s.ledger.begun.Load(), f.seen))
	row("of the latter: without a record, with several, with one that is not what happened", fmt.Sprintf("%d, %d, %d", f.missing, f.twice, f.strange))
	row("records in files, and lost by faults of the disk and counted, those of floods included", fmt.Sprintf("%d, %d", f.written, f.recordsLost))
	row("alerts that were taken", s.peers.alerts.Load())
	row("HEP that was taken", mebibytes(s.peers.packed.Load()))
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// machine describes where the run was made.
func machine() string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	var u unix.Utsname
	var i unix.Sysinfo_t
	_, _ = unix.Uname(&u), unix.Sysinfo(&i)
	return fmt.Sprintf("%d × %s, %d MiB of memory, Linux %s, %s", runtime.NumCPU(), model, uint64(i.Totalram)*uint64(i.Unit)>>20,
		unix.ByteSliceToString(u.Release[:]), runtime.Version())
}

// logged returns the log of the daemon as an error, without lines that only take room, and keeps all of it in a file.
func (s *soak) logged() error {
	text := s.daemon.log.String()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("sipspan-soak-%d.log", s.seed))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	lines := strings.Split(text, "\n")
	return fmt.Errorf("the log is in %s; its last lines:\n%s", path, strings.Join(lines[max(0, len(lines)-15):], "\n"))
}
