package app

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/config"
	"sipspan/internal/logging"
)

var update = flag.Bool("update", false, "write what the program prints into the golden files")

// configured is a run with the configuration of a file.
func configured(t *testing.T, file string, log io.Writer) Capturing {
	t.Helper()
	load := func() (*config.Settings, error) { return config.Load(config.Request{File: file}) }
	loaded, err := load()
	check(t, err)
	return Capturing{Config: loaded.Config, Load: load, Log: logging.New(log, loaded.Config.Log), Version: "1.0.0", Revision: "abc123"}
}

// written returns the lines of all files of a folder that are whole.
func written(t *testing.T, folder string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".part" {
			t.Errorf("%s is not finished", path)
		}
		all.Write(text)
	}
	return all.String()
}

// check fails when a step of a test does.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// quiet is an interface that brings the packets of a file and then nothing any more.
type quiet struct {
	*pcapfile.Files
	ended bool
}

func (q *quiet) Next(f *capture.Frame) error {
	if !q.ended {
		err := q.Files.Next(f)
		if !errors.Is(err, io.EOF) {
			return err
		}
		q.ended = true
	}
	time.Sleep(10 * time.Millisecond) // the poll time of the interface
	return capture.ErrIdle
}

func (q *quiet) Stats() []capture.InterfaceStats {
	return []capture.InterfaceStats{{Name: "span0", Stats: capture.Stats{KernelDropped: 3}}}
}

// journal is a log that others read while it is written.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
	wrote chan struct{} // a hint that there is more
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case j.wrote <- struct{}{}:
	default:
	}
	return j.lines.Write(p)
}

// await returns when the log holds the text.
func (j *journal) await(t *testing.T, text string) {
	t.Helper()
	for j.count(text) == 0 {
		j.wait(t, text)
	}
}

// count returns how often the log holds the text.
func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.lines.String(), text)
}

// wait returns when more was written. The log is to hold the text in the end.
func (j *journal) wait(t *testing.T, text string) {
	t.Helper()
	select {
	case <-j.wrote:
	case <-time.After(5 * time.Minute):
		t.Fatalf("the log never says %q:\n%s", text, &j.lines)
	}
}

// get returns the status and the body of a page of the daemon.
func get(t *testing.T, d *daemon, path string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + d.server.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
