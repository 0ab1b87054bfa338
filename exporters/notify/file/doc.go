// Package file appends alerts to one file, one JSON object a line, and lets other programs rotate it: a file that was moved
// away or removed is opened again before the next line, and at once when Reopen is called. A line goes into the file in one
// write and is on the disk before the next; one that does not fit on the disk is cut off again, so that half a line is never
// followed by another. Several sensors may write into one file.
package file
