// Package memory keeps what the alert engine has learned in a file, so that a daemon that is started again knows it. The
// file is replaced as a whole or not at all.
package memory
