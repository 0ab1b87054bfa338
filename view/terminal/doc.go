// Package terminal shows sessions in a terminal that people work in: lists of them that are filtered as one types, the ladder of one, and its
// messages.
//
// The model changes by messages alone, and reads and writes nothing itself: records come from a Source, and what takes time is asked of a
// Desk. Nothing from the wire is drawn that package plain has not made harmless.
package terminal
