package pcapfile

import (
	"cmp"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"sipspan/capture"
	"sipspan/internal/invariants"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// publishEvery is how many packets pass between two publications of the counters.
const publishEvery = 8192

// Options say how to read. The zero value reads everything.
type Options struct {
	Filter  string  // BPF expression, "" passes everything
	Compile Compile // needed with Filter
	// Zone is that of the times in trace logs that name none; nil takes them as UTC and flags their messages.
	Zone *time.Location
	// Date is the day of the first message of trace logs whose times name no day or no year; the zero value flags their messages.
	Date time.Time
	// Progress is called from within Next after each block read: bytes read so far, compressed ones as they are in the
	// file, and the size of all files, 0 when it is not known (standard input, pipes).
	Progress func(bytesRead, bytesTotal int64)
	// Secrets, if set, is called from within Next and Open with the text of each decryption secrets block of pcapng that holds a TLS
	// key log, before the packets that come after it. The text is borrowed.
	Secrets func(keyLog []byte)
}

// Files is a source: the packets of several captures in order of time. Packets with the same time come in the order of
// the arguments, those of one file in file order, so that the result is the same every time. A file that is not in order
// itself is put in order as far as the packets lie within a second of each other, or within four on different interfaces;
// what lies further apart is where the clock was set, and stays as it is. Its methods are for
// one goroutine, but Stats, which any may call.
type Files struct {
	queue    queue
	current  *input // whose frame was delivered last: Next moves it on first
	filter   *filter
	slots    slots
	errs     []indexedError
	progress func(bytesRead, bytesTotal int64)
	read     int64
	total    int64
	count    int
}

type indexedError struct {
	index int
	err   error
}

// Open starts reading paths, as [Expand] returns them. A file that cannot be read is no error here: Errors reports it, and
// the others are read. The error is about the options, or says that there is nothing to read.
func Open(paths []string, o Options) (*Files, error) {
	if len(paths) == 0 {
		return nil, errors.New("pcapfile: no file to read")
	}
	if o.Filter != "" && o.Compile == nil {
		return nil, errors.New("pcapfile: a filter needs a compiler")
	}
	fs := &Files{filter: newFilter(o.Filter, o.Compile), progress: o.Progress}
	fs.measure(paths)
	for i, path := range paths {
		in := &input{path: path, index: i, secrets: o.Secrets, zone: o.Zone, date: o.Date}
		if len(paths) > 1 && in.reopens() {
			if err := in.probe(); err != nil {
				fs.record(in, err)
				continue
			}
		} else if !fs.start(in) {
			continue
		}
		fs.queue.push(in)
	}
	fs.slots.publish()
	return fs, nil
}

// measure adds up the sizes, for Progress.
func (fs *Files) measure(paths []string) {
	if fs.progress == nil {
		return
	}
	for _, path := range paths {
		fi, err := os.Stat(path)
		if path == Stdin || err == nil && !fi.Mode().IsRegular() {
			fs.total = 0
			return
		}
		if err == nil {
			fs.total += fi.Size()
		}
	}
}

// start opens in and reads its first frame. False: there is none, and why is recorded.
func (fs *Files) start(in *input) bool {
	if err := in.open(readSize, &fs.slots, fs.meter); err != nil {
		fs.record(in, err)
		return false
	}
	return fs.advance(in)
}

// advance moves in on to its next frame. False: the input has ended, and why is recorded.
func (fs *Files) advance(in *input) bool {
	if err := in.sorter.next(fs, in); err != nil {
		fs.end(in, err)
		return false
	}
	in.time = mergeTime(in.frame)
	return true
}

// pull reads the next frame of in that passes the filter, in the order of the file.
func (fs *Files) pull(in *input, f *capture.Frame) error {
	for {
		if err := in.dec.next(f); err != nil {
			return err
		}
		if pass, err := fs.pass(f); pass || err != nil {
			return err
		}
	}
}

// pullReady fills frames with the next ones of in that pass the filter, as far as in holds them in memory, and returns how
// many. The error is about the frame after those.
func (fs *Files) pullReady(in *input, frames []capture.Frame) (n int, err error) {
	for n < len(frames) {
		read, err := in.dec.ready(frames[n:])
		passed, broken := fs.passAll(frames[n : n+read])
		n += passed
		if broken != nil || err != nil || read == 0 {
			return n, cmp.Or(broken, err)
		}
	}
	return n, nil
}

// pass counts a frame and reports whether it is wanted.
func (fs *Files) pass(f *capture.Frame) (bool, error) {
	counters := &fs.slots.list[f.Interface]
	counters.Received++
	fs.counted(1)
	pass, err := fs.filter.pass(f)
	if err == nil && !pass {
		counters.Filtered++
	}
	return pass, err
}

// counted publishes the counters after every few thousand frames.
func (fs *Files) counted(n int) {
	if fs.count += n; fs.count >= publishEvery {
		fs.count = 0
		fs.slots.publish()
	}
}

// passAll counts frames and moves those that are wanted to the front. It returns how many these are, up to the first error.
func (fs *Files) passAll(frames []capture.Frame) (n int, err error) {
	if fs.filter == nil {
		for i := range frames {
			fs.slots.list[frames[i].Interface].Received++
		}
		fs.counted(len(frames))
		return len(frames), nil
	}
	for i := range frames {
		pass, err := fs.pass(&frames[i])
		if err != nil {
			return n, err
		}
		if pass {
			if n < i {
				frames[n] = frames[i]
			}
			n++
		}
	}
	return n, nil
}

// Next fills f with the next packet. It returns io.EOF when every input has ended, well or not: see Errors.
// f.Data is borrowed until the next call.
func (fs *Files) Next(f *capture.Frame) error {
	if in := fs.current; in != nil {
		invariants.Poison(in.frame.Data)
		if len(fs.queue) == 1 && in.sorter.at < len(in.sorter.run) { // no other file, and the frame was read ahead
			in.frame = in.sorter.ahead()
			in.deliver(f)
			return nil
		}
		fs.current = nil
		if fs.advance(in) {
			fs.queue.settle()
		} else {
			fs.queue.pop()
		}
	}
	for len(fs.queue) > 0 {
		in := fs.queue[0]
		if in.isOpen() {
			in.deliver(f)
			fs.current = in
			return nil
		}
		if fs.start(in) {
			fs.queue.settle()
		} else {
			fs.queue.pop()
		}
	}
	fs.slots.publish()
	return io.EOF
}

// Errors returns a *capture.InputError for each input that was cut, damaged or not readable, in the order of the arguments.
// It is complete once Next has returned io.EOF.
func (fs *Files) Errors() []error {
	slices.SortStableFunc(fs.errs, func(a, b indexedError) int { return cmp.Compare(a.index, b.index) })
	var errs []error
	for _, e := range fs.errs {
		errs = append(errs, e.err)
	}
	return errs
}

// Stats returns the counters by interface: the name a pcapng gives it, otherwise the path of the file. Frame.Interface
// counts this slice. The numbers may be some thousand packets old until Next has returned io.EOF.
func (fs *Files) Stats() []capture.InterfaceStats { return fs.slots.snapshot() }

// Close closes what is open. Next must not be called any more.
func (fs *Files) Close() error {
	for _, in := range fs.queue {
		in.close()
	}
	fs.queue, fs.current = nil, nil
	fs.slots.publish()
	return nil
}

// end closes in and keeps the reason if it is one.
func (fs *Files) end(in *input, err error) {
	in.close()
	fs.record(in, err)
}

func (fs *Files) record(in *input, err error) {
	if !errors.Is(err, io.EOF) {
		fs.errs = append(fs.errs, indexedError{in.index, in.named(err)})
	}
}

// meter counts what is read from r for Progress.
func (fs *Files) meter(r io.Reader) io.Reader {
	if fs.progress == nil {
		return r
	}
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		fs.read += int64(n)
		fs.progress(fs.read, fs.total)
		return n, err
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
