package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sipspan/config"
	"sipspan/internal/logging"
)

// settings are the flags of a command that set keys of the configuration.
type settings struct {
	file  string
	flags map[string]*pflag.Flag // by key
}

// commonFlags gives cmd the flags that every command with a configuration has.
func commonFlags(cmd *cobra.Command) *settings {
	s := &settings{flags: map[string]*pflag.Flag{}}
	flags := cmd.Flags()
	flags.StringVar(&s.file, "config", "", "YAML `file` with settings (default: the one named by "+config.FileVariable+", if any)")
	flags.String("workers", "", "`number` of workers that decode and track; 0 for one per CPU (default 0)")
	flags.String("log-level", "", "least severe `level` to log: debug, info, warn or error (default info)")
	flags.String("log-format", "", "`form` of the log: text or json (default text)")
	s.bind(cmd, "workers", "pipeline.workers")
	s.bind(cmd, "log-level", "log.level")
	s.bind(cmd, "log-format", "log.format")
	return s
}

// bind makes a flag set a key.
func (s *settings) bind(cmd *cobra.Command, flag, key string) {
	s.flags[key] = cmd.Flags().Lookup(flag)
}

// load reads the configuration. Every call reads the file again.
func (s *settings) load() (*config.Settings, error) {
	file := s.file
	if file == "" {
		file = os.Getenv(config.FileVariable)
	}
	return config.Load(config.Request{File: file, Flags: s.flags})
}

// start loads the configuration, opens the log on w and writes the warnings of the configuration to it.
func (s *settings) start(w io.Writer) (*config.Settings, *logging.Log, error) {
	loaded, err := s.load()
	if err != nil {
		return nil, nil, err
	}
	log := logging.New(w, loaded.Config.Log)
	for _, warning := range loaded.Warnings {
		log.Warn(warning.Text, "where", warning.Origin.String())
	}
	return loaded, log, nil
}
