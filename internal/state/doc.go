// Package state keeps the calls that go on in a file while the program is stopped, so that a restart or an upgrade does not
// tear them.
package state
