package app

import (
	"sipspan/exporters"
	"sipspan/internal/state"
	"sipspan/record"
)

var _ exporters.Exporter = (*surviving)(nil)

// surviving notes which records an exporter has, so that after a crash the next start does not write them again.
type surviving struct {
	to     exporters.Exporter // nil: nowhere
	keeper *state.Keeper
}

// Export implements exporters.Exporter. What was lost is not noted: the next start may still write it.
func (s *surviving) Export(r record.Record) error {
	if s.to != nil {
		if err := s.to.Export(r); err != nil {
			return err
		}
	}
	if number := r.Head().Session; number != 0 {
		s.keeper.Written(number)
	}
	return nil
}

// Flush implements exporters.Exporter.
func (s *surviving) Flush() error {
	var err error
	if s.to != nil {
		err = s.to.Flush()
	}
	s.keeper.Flush()
	return err
}

// Close implements exporters.Exporter.
func (s *surviving) Close() error {
	var err error
	if s.to != nil {
		err = s.to.Close()
	}
	s.keeper.Flush()
	return err
}
