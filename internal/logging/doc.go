// Package logging makes the program's log: log/slog on one stream, as text or JSON, with a level that can be changed
// while running.
//
// As a service under systemd the log needs no time stamp of its own, for the journal has one; a line then begins with
// the level.
package logging
