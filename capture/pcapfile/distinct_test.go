package pcapfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What is given under several names is read once.
func TestDistinct(t *testing.T) {
	folder := t.TempDir()
	name := func(n string) string { return filepath.Join(folder, n) }
	for n, content := range map[string]string{"a": "one capture", "b": "one capture", "c": "two capture", "d": "", "e": ""} {
		if err := os.WriteFile(name(n), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(name("c"), name("f")); err != nil {
		t.Fatal(err)
	}
	var leftOut []string
	given := []string{name("a"), "-", name("b"), name("c"), name("d"), name("e"), name("f"), name("missing")}
	got := Distinct(given, func(path, same string) { leftOut = append(leftOut, filepath.Base(path)+" is "+filepath.Base(same)) })
	if want := []string{name("a"), "-", name("c"), name("d"), name("e"), name("missing")}; !slices.Equal(got, want) {
		t.Errorf("read are %q, want %q", got, want)
	}
	if want := []string{"b is a", "f is c"}; !slices.Equal(leftOut, want) {
		t.Errorf("left out are %q, want %q", leftOut, want)
	}
}
