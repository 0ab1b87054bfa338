package jsonl

import "sipspan/record"

// Format is the JSON Lines form of record files.
type Format struct{}

// Extension is the ending of file names.
func (Format) Extension() string { return "jsonl" }

// AppendHeader appends nothing: the first line of a file is a record.
func (Format) AppendHeader(dst []byte, _ record.Kind) []byte { return dst }

// AppendRecord appends r as one line.
func (Format) AppendRecord(dst []byte, r record.Record) []byte {
	return append(r.AppendJSON(dst), '\n')
}
