package app

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/config"
)

// TestRehearse checks configurations that a run would refuse, and one that it would not.
func TestRehearse(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(stateDirectory, "")
	plain := filepath.Join(folder, "plain")
	check(t, os.WriteFile(plain, nil, 0o600))
	held, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer held.Close()
	taken := held.Addr().String()
	const hepOnly = "hep: {listen: [udp:127.0.0.1:0]}\n"
	for _, c := range []struct{ text, want string }{
		{hepOnly + "exporters: {prometheus: {listen: \"127.0.0.1:0\"}, files: {directory: " + folder + "/made/of/need}}\n", ""},
		{"exporters: {prometheus: {enabled: false}}\n", "no interface to capture on"},
		{"capture: {interfaces: [lq]}\nexporters: {prometheus: {enabled: false}}\n", "interface lq: it does not exist"},
		{hepOnly + "exporters: {prometheus: {listen: \"" + taken + "\"}}\n", "address already in use"},
		{hepOnly + "exporters: {prometheus: {listen: \"192.0.2.1:9506\"}}\n", "cannot assign requested address"},
		{"hep: {listen: [\"tcp:" + taken + "\"]}\nexporters: {prometheus: {enabled: false}}\n", "hep: listening on tcp:" + taken},
		{hepOnly + "exporters: {prometheus: {enabled: false}, files: {directory: " + plain + "}}\n", "exporters.files.directory: "},
		{hepOnly + "exporters: {prometheus: {enabled: false}, files: {directory: " + plain + "/below}}\n", "not a directory"},
		{hepOnly + "exporters: {prometheus: {enabled: false}, store: {directory: " + plain + "}}\n", "exporters.store.directory: "},
		{hepOnly + "exporters: {prometheus: {enabled: false}, alert: {file: " + folder + "/none/a.jsonl}}\n", "exporters.alert.file: "},
		{hepOnly + "exporters: {prometheus: {enabled: false}, alert: {pcap: " + plain + "/below}}\n", "exporters.alert.pcap: "},
		{hepOnly + "exporters: {prometheus: {enabled: false}}\ntls: {private_keys: [" + plain + "]}\n", plain},
	} {
		file := filepath.Join(t.TempDir(), "sipspan.yaml")
		check(t, os.WriteFile(file, []byte(c.text), 0o600))
		loaded, err := config.Load(config.Request{File: file})
		check(t, err)
		faults, doubts := Rehearse(loaded.Config)
		switch {
		case len(doubts) > 0:
			t.Errorf("%s\ndoubts %v", c.text, doubts)
		case c.want == "" && len(faults) > 0, c.want != "" && len(faults) != 1:
			t.Errorf("%s\nfaults %v, want one with %q", c.text, faults, c.want)
		case c.want != "" && !strings.Contains(faults[0].Error(), c.want):
			t.Errorf("%s\nfault %v, want %q in it", c.text, faults[0], c.want)
		}
	}
	if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) != 1 {
		t.Errorf("files are left: %v %v", left, err)
	}
}

// TestRehearseBesideTheDaemon checks the configuration of a daemon that runs: its own address is no fault.
func TestRehearseBesideTheDaemon(t *testing.T) {
	t.Setenv(stateDirectory, "")
	d, _, _, _, end := hepDaemonWith(t, t.TempDir(), "{listen: \"127.0.0.1:0\"}")
	defer end()
	c := d.given.Config
	c.Exporters.Prometheus.HTTP.Listen = d.server.Addr().String()
	c.HEP.Listen = []string{"tcp:" + d.agents.Addrs()[0].String()}
	faults, doubts := Rehearse(c)
	if len(faults) > 0 || len(doubts) != 2 || !strings.HasSuffix(doubts[0].Error(), "address already in use (a sipspan runs there)") {
		t.Errorf("faults %v, doubts %v", faults, doubts)
	}
}
