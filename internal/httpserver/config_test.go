package httpserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yml")
	if err := os.WriteFile(broken, []byte("tls: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		`listen: "9506": expected address:port such as 127.0.0.1:9506`:  {Enabled: true, Listen: "9506"},
		`listen: "a:70000": expected address:port`:                      {Enabled: true, Listen: "a:70000"},
		`web_config_file: expected a readable file: stat /no/such`:      {Enabled: true, Listen: ":0", WebConfigFile: "/no/such"},
		`web_config_file: ` + broken + `: expected a web configuration`: {Enabled: true, Listen: ":0", WebConfigFile: broken},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", c, err, want)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("switched off: %v", err)
	}
}
