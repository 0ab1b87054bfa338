// Package arch holds the tree to the design: which package may know which, where cgo and viper may stand, and that
// every package says what it is for. It has tests only.
package arch
