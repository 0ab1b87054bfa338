package app

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"sipspan/capture/hep"
	"sipspan/capture/interfaces"
	"sipspan/config"
	"sipspan/pipeline"
)

// openSources opens the interfaces of a configuration, nil when it names none, and the addresses on which HEP is received. When one
// fails, none is open.
func openSources(c *config.Config, log *slog.Logger) (sources []pipeline.Source, set *interfaces.Set, err error) {
	if len(c.Capture.Interfaces) > 0 || len(c.HEP.Listen) == 0 {
		if set, err = interfaces.Open(c.Capture, log); err != nil {
			return nil, nil, err
		}
		for _, source := range set.Sources() {
			sources = append(sources, source)
		}
	}
	if len(c.HEP.Listen) > 0 {
		source, err := hep.Open(c.HEP, log)
		if err != nil {
			for _, s := range sources {
				err = errors.Join(err, s.Close())
			}
			return nil, nil, err
		}
		sources = append(sources, source)
	}
	return sources, set, nil
}

// seeing returns an error that names each interface whose packets cannot be seen now, nil when there is none.
func seeing(states []interfaces.State) error {
	var blind []string
	for _, s := range states {
		if s.Condition != interfaces.Up {
			blind = append(blind, fmt.Sprintf("%s is %v", s.Name, s.Condition))
		}
	}
	if blind == nil {
		return nil
	}
	return fmt.Errorf("%d of %d interfaces cannot be seen: %s", len(blind), len(states), strings.Join(blind, ", "))
}
