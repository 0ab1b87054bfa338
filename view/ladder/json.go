package ladder

import (
	"encoding/json"
	"io"
)

// WriteJSON writes the ladder as one JSON object in several lines.
func (l *Ladder) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(l)
}
