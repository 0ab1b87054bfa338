package file

import (
	"fmt"
	"strings"
)

// Config sets where alerts are written.
type Config struct {
	Path string `mapstructure:"file"` // "" writes none
}

// DefaultConfig writes nothing.
func DefaultConfig() Config { return Config{} }

// Validate reports an impossible path.
func (c Config) Validate() error {
	if strings.HasSuffix(c.Path, "/") {
		return fmt.Errorf("file: %q: expected a file such as /var/lib/sipspan/alerts.jsonl, not a folder", c.Path)
	}
	return nil
}
