package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
)

// The live test runs these two inside its network namespaces.
func init() {
	programs["replay"] = func() { tool(replayTool) }
	programs["scrape"] = func() { tool(scrapeTool) }
}

// replayTool sends the frames of a capture out of an interface at the pace of their timestamps: replay INTERFACE CAPTURE.
func replayTool(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: replay INTERFACE CAPTURE")
	}
	iface, err := net.InterfaceByName(args[0])
	if err != nil {
		return err
	}
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0) // protocol 0: only to send
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	source, err := pcapfile.Open([]string{args[1]}, pcapfile.Options{})
	if err != nil {
		return err
	}
	defer source.Close()
	if err := stayOnProcessor(); err != nil {
		return err
	}
	to := &unix.SockaddrLinklayer{Ifindex: iface.Index}
	begin := time.Now()
	var first int64
	for {
		var f capture.Frame
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if first == 0 {
			first = f.Time
		}
		time.Sleep(time.Until(begin.Add(time.Duration(f.Time - first))))
		if err := unix.Sendto(socket, f.Data, 0, to); err != nil {
			return fmt.Errorf("frame %d: %w", f.Number, err)
		}
	}
}

// stayOnProcessor keeps the calling goroutine on one processor. Each has a queue of its own for what a pair of interfaces
// hands over; with the sender on one of them the packets keep their order.
func stayOnProcessor() error {
	runtime.LockOSThread()
	var allowed, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return fmt.Errorf("asking for the processors: %w", err)
	}
	for i := 0; one.Count() == 0; i++ {
		if allowed.IsSet(i) {
			one.Set(i)
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return fmt.Errorf("staying on a processor: %w", err)
	}
	return nil
}

// scrapeTool prints the body of a page once it answers 200 and, where a metric is named, once the samples of that metric
// sum up to at least the value: scrape URL [METRIC VALUE]. It gives up after two minutes.
func scrapeTool(args []string) error {
	if len(args) != 1 && len(args) != 3 {
		return errors.New("usage: scrape URL [METRIC VALUE]")
	}
	var body string
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		response, err := http.Get(args[0])
		if err != nil {
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			continue
		}
		body = string(text)
		if len(args) == 3 {
			least, err := strconv.ParseFloat(args[2], 64)
			if err != nil {
				return err
			}
			if sum, _ := sumMetric(body, args[1]); sum < least {
				continue
			}
		}
		_, err = io.WriteString(os.Stdout, body)
		return err
	}
	return fmt.Errorf("%s: gave up; the last page was:\n%s", strings.Join(args, " "), body)
}

// sumMetric adds up the samples whose name begins as given, as in sipspan_sip_requests_total{…}.
func sumMetric(page, names string) (sum float64, samples int) {
	for line := range strings.Lines(page) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if i := strings.IndexByte(line, '}'); i >= 0 && !strings.HasPrefix(line, "#") {
			name, value, ok = line[:strings.IndexByte(line, '{')], strings.TrimSpace(line[i+1:]), true
		}
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for wanted := range strings.SplitSeq(names, "+") {
			if name == wanted {
				v, err := strconv.ParseFloat(value, 64)
				if err == nil {
					sum += v
					samples++
				}
			}
		}
	}
	return sum, samples
}
