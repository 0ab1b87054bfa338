package shard

import (
	"sipspan/decode/presence"
	"sipspan/decode/sip"
)

// ParseBody returns what the body of a message says, until the next call.
func (s *Shard) ParseBody(m *sip.Message) []presence.Document {
	documents, err := s.bodies.Parse(m.ContentType(), m.Body())
	if err != nil {
		s.Counters.BodiesUnreadable++
	}
	return documents
}
