package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reloading is a daemon that has loaded the text as its configuration, and what its log says. load replaces the text
// and reloads.
func reloading(t *testing.T, text string) (d *daemon, log *bytes.Buffer, load func(text string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sipspan.yaml")
	write := func(text string) { check(t, os.WriteFile(path, []byte(text), 0o600)) }
	write(text)
	log = &bytes.Buffer{}
	given := configured(t, path, log)
	d = &daemon{run: &run{config: inService(given.Config)}, given: given, log: given.Log}
	if c := d.config.Exporters.Files; c.Directory != "" {
		var err error
		d.files, err = openRecordFiles(c, "probe", slog.New(slog.DiscardHandler), nil)
		check(t, err)
		t.Cleanup(func() { check(t, d.files.Close()) })
	}
	return d, log, func(text string) {
		log.Reset()
		write(text)
		d.reload()
	}
}

func TestReloadAppliesWhatItCan(t *testing.T) {
	d, log, load := reloading(t, "log: {level: info}\n")
	load("log: {level: debug}\npipeline: {batches: 32}\n")
	for _, want := range []string{
		`msg="a changed setting needs a restart" key=pipeline.batches`,
		`msg="configuration reloaded" applied=[log.level]`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
	if d.log.Debug("seen"); !strings.Contains(log.String(), "msg=seen") {
		t.Error("the level of the log has not changed")
	}
	if d.config.Log.Level != "debug" || d.config.Pipeline.Batches == 32 {
		t.Errorf("in force: level %s, batches %d", d.config.Log.Level, d.config.Pipeline.Batches)
	}
	load("log: {level: debug}\npipeline: {batches: 32}\n")
	if !strings.Contains(log.String(), "key=pipeline.batches") || !strings.Contains(log.String(), "applied=[]") {
		t.Errorf("what waits is forgotten:\n%s", log)
	}
}

func TestReloadTakesAnotherFilter(t *testing.T) {
	d, log, load := reloading(t, "capture: {filter: udp}\n")
	load("capture: {filter: tcp}\n")
	if !strings.Contains(log.String(), `applied=[capture.filter]`) || d.config.Capture.Filter != "tcp" {
		t.Errorf("filter %s in force:\n%s", d.config.Capture.Filter, log)
	}
	load("capture: {filter: udp prot}\n")
	if !strings.Contains(log.String(), "new configuration refused; keeping the old one") || d.config.Capture.Filter != "tcp" {
		t.Errorf("filter %s in force:\n%s", d.config.Capture.Filter, log)
	}
}

func TestReloadKeepsTheOldConfigurationWhenTheNewOneIsBroken(t *testing.T) {
	d, log, load := reloading(t, "log: {level: warn}\n")
	load("log: {level: debug}\nsensr: x\npipeline: {workers: 99}\n")
	if !strings.Contains(log.String(), "sipspan.yaml:2: sensr: unknown key; the nearest is sensor") {
		t.Errorf("log:\n%s", log)
	}
	if d.config.Log.Level != "warn" {
		t.Errorf("level %s in force", d.config.Log.Level)
	}
}

func TestReloadMovesTheRecordFiles(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	d, log, load := reloading(t, "exporters: {files: {directory: "+first+"}}\n")
	load("exporters: {files: {directory: " + second + ", format: csv}}\n")
	if !strings.Contains(log.String(), `applied="[exporters.files.directory exporters.files.format]"`) {
		t.Errorf("log:\n%s", log)
	}
	check(t, d.files.Flush())
	check(t, d.files.Export(message("one")))
	check(t, d.files.Flush())
	if d.files.config.Directory != second {
		t.Errorf("records go to %s", d.files.config.Directory)
	}
}

func TestReloadDoesNotTurnRecordFilesOnOrOff(t *testing.T) {
	folder := t.TempDir()
	_, log, load := reloading(t, "{}\n")
	load("exporters: {files: {directory: " + folder + "}}\n")
	if !strings.Contains(log.String(), `needs a restart" key=exporters.files.directory`) {
		t.Errorf("log:\n%s", log)
	}
	d, log, load := reloading(t, "exporters: {files: {directory: "+folder+"}}\n")
	load("{}\n")
	if !strings.Contains(log.String(), `needs a restart" key=exporters.files.directory`) || d.config.Exporters.Files.Directory != folder {
		t.Errorf("log:\n%s", log)
	}
}
