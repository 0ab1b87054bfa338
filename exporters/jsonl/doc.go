// Package jsonl writes records as JSON Lines: one JSON object a line, in UTF-8, each line ended by a line feed.
package jsonl
