// Package list puts many records of one kind into a list: sorted, limited, and as a table for a terminal or as whole records for programs.
//
// All texts of a table are harmless, as package plain makes them. Memory is bounded by a number of entries: of more, those are kept that stand first.
package list
