// Package file appends alerts to one file, one JSON object a line, and lets other programs rotate it: a file that was moved
// away or removed is opened anew before the next line, and at once when Reopen is called. A line goes into the file in one
// write and is on the disk before the next; one that does not fit on the disk is taken back, so that no half line is ever
// followed by another. Several sensors may write into one file.
package file
