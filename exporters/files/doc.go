// Package files writes records into files, one series of files for each kind of record, in the format and with the
// rotation of its Config. Package rotate describes how the files are named and what a crash leaves of them.
package files
