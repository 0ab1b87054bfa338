// Package csv writes records as comma-separated values with the quoting of RFC 4180 and a line feed alone at the end of
// each line: a line with the names of the columns, then one line for each record of the same kind.
//
// The columns of a kind are record.Columns, the cells are those of record.AppendRow; no cell holds a line break, so that a line
// of the file is always one record.
package csv
