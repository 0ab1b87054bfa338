// Package rotate writes files of whole lines that survive a crash, a full disk and the operator.
//
// A file is written as NAME-STAMP-NUMBER.EXTENSION.part and gets its final name, without .part, when it is complete: when
// it has reached its size or its age, or at Close, after fsync. A file with a final name is never touched again. STAMP
// is the UTC time at which the file was begun, NUMBER distinguishes files of the same second.
//
// Lines are gathered and written in blocks; a block holds whole lines and goes into the file in one write. Compressed,
// each block is a gzip member (RFC 1952) or a zstd frame (RFC 8878) of its own, so that every block that reached the file can
// be read without the later ones. A write that fails is cut off the file again, so that half a line is never followed by
// more. Recover completes the .part files of a program that was killed, with every whole line that they hold.
package rotate
