package csv

import (
	"bytes"
	"encoding/csv"

	"sipspan/record"
)

// Format is the CSV form of record files. It reuses buffers and belongs to one goroutine.
type Format struct {
	line  bytes.Buffer
	w     *csv.Writer
	cells []string
}

// NewFormat returns a format for one exporter.
func NewFormat() *Format {
	f := &Format{}
	f.w = csv.NewWriter(&f.line)
	return f
}

// Extension is the ending of file names.
func (*Format) Extension() string { return "csv" }

// AppendHeader appends the line with the names of the columns of k.
func (f *Format) AppendHeader(dst []byte, k record.Kind) []byte {
	return f.append(dst, record.Columns(k))
}

// AppendRecord appends r as one line.
func (f *Format) AppendRecord(dst []byte, r record.Record) []byte {
	f.cells = record.AppendRow(f.cells[:0], r)
	return f.append(dst, f.cells)
}

// append adds the cells as one quoted line. Writing to memory does not fail, and the separator is a valid one.
func (f *Format) append(dst []byte, cells []string) []byte {
	f.line.Reset()
	_ = f.w.Write(cells)
	f.w.Flush()
	return append(dst, f.line.Bytes()...)
}
