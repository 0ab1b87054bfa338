// Package state keeps the sessions that go on in files, so that a restart, an upgrade or a crash does not tear them.
//
// A file holds all sessions in packed form as they were at one time, and is written anew every few minutes and when the
// program stops. A journal beside it holds what the file cannot know: the sessions whose end was seen since, and the numbers of
// those whose records are in the hands of the exporters. What a killed program leaves behind is its last file, changed by the
// journal. No record comes twice: its number is in the journal before any of it is in a record file.
package state
