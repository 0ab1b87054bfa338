package memory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sipspan/alert/incident"
)

func TestFiringFile(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "alerts.firing")
	faults := []incident.Fault{{ID: "a", Start: 1, Origin: "trunk", Members: []incident.Kept{{Alert: []byte(`{"rule":"r"}`), Class: incident.Silent, Expected: 2.5}}}}
	if err := writeFiring(path, faults, now); err != nil {
		t.Fatal(err)
	}
	got, err := readFiring(path, now)
	if err != nil || len(got) != 1 || got[0].ID != "a" || string(got[0].Members[0].Alert) != `{"rule":"r"}` || got[0].Members[0].Expected != 2.5 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := readFiring(path, now.Add(29*24*time.Hour)); err == nil {
		t.Error("a file of last month is read")
	}
	for _, text := range []string{"", "{", `{"version":2}`, `[]`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readFiring(path, now); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	for range 2 { // nothing is firing: there is no file
		if err := writeFiring(path, nil, now); err != nil {
			t.Error(err)
		}
	}
	if _, err := readFiring(path, now); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
