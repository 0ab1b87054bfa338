// Package plain makes texts from the wire fit for people: harmless, of bounded length, and measured, cut and wrapped in the columns of a terminal.
package plain
