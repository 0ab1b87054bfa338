package state

import "path/filepath"

// Config is the configuration of the package.
type Config struct {
	// Directory is where the file is; empty: that which systemd gives to the service, and without one there is no file.
	Directory string `mapstructure:"directory"`
	// Sessions says whether calls are kept.
	Sessions bool `mapstructure:"sessions"`
}

// DefaultConfig keeps calls where there is a place for them.
func DefaultConfig() Config { return Config{Sessions: true} }

// fileName is the name of the file in its folder.
const fileName = "sessions.state"

// Path returns where the file is, "" where calls are not kept.
func (c Config) Path() string {
	if c.Directory == "" || !c.Sessions {
		return ""
	}
	return filepath.Join(c.Directory, fileName)
}
