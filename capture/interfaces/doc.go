// Package interfaces captures on network interfaces for as long as a program runs: a source waits for an interface that is down, and opens
// one again that was gone.
//
// An interface is known by its name. One that was renamed is gone; one that gets its name is captured in its place, whatever it was
// before. What happens is logged once, and [Set.States] returns it at any time.
package interfaces
