package web

import (
	"testing"

	"sipspan/internal/httpserver"
)

func TestConfig(t *testing.T) {
	for listen, want := range map[string]struct {
		address string
		open    bool
	}{
		"":               {"", false},
		"9580":           {"127.0.0.1:9580", false},
		":9580":          {"127.0.0.1:9580", false},
		"0.0.0.0:9580":   {"0.0.0.0:9580", true},
		"[::]:9580":      {"[::]:9580", true},
		"[::1]:9580":     {"[::1]:9580", false},
		"localhost:9580": {"localhost:9580", false},
		"probe:9580":     {"probe:9580", true},
	} {
		c := Config{Listen: listen}
		if err := c.Validate(); err != nil {
			t.Errorf("%q: %v", listen, err)
		}
		h := c.HTTP(httpserver.Config{})
		if h.Listen != want.address || h.Enabled != (listen != "") || Open(h) != want.open {
			t.Errorf("%q: %+v", listen, h)
		}
	}
	for _, listen := range []string{"web", "70000", "127.0.0.1", "127.0.0.1:http"} {
		if err := (Config{Listen: listen}).Validate(); err == nil {
			t.Errorf("%q is accepted", listen)
		}
	}
}

// TestConfigTakesPasswordsOfMetrics checks that a page without a file of its own asks for what the metrics ask for.
func TestConfigTakesPasswordsOfMetrics(t *testing.T) {
	metrics := httpserver.Config{WebConfigFile: "metrics.yaml"}
	if h := (Config{Listen: "0.0.0.0:1"}).HTTP(metrics); h.WebConfigFile != "metrics.yaml" || Open(h) {
		t.Errorf("%+v", h)
	}
	if h := (Config{Listen: "0.0.0.0:1", WebConfigFile: "page.yaml"}).HTTP(metrics); h.WebConfigFile != "page.yaml" {
		t.Errorf("%+v", h)
	}
}
