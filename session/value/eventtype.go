package value

import (
	"bytes"

	"sipspan/session/stats"
)

// EventType returns the event type of an Event header field: what stands before the parameters. Event types are
// compared byte by byte (RFC 6665 section 8.2.1).
func EventType(event []byte) []byte {
	if i := bytes.IndexByte(event, ';'); i >= 0 {
		event = event[:i]
	}
	return bytes.TrimSpace(event)
}

// EventPackage returns the package that an Event header field names.
func EventPackage(event []byte) stats.EventPackage { return stats.EventNamed(EventType(event)) }
