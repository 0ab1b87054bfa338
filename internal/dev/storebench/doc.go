// Command storebench measures a store: bytes a call, how many records a second are written with and without messages and what that costs, and how long a search takes
// over millions of calls while more are written. It writes a table in Markdown.
//
//	storebench [-calls N] [-with-messages N] [-rate N] [-seconds N] FOLDER
//
// The calls are those of a generated capture, each repeated with other Call-IDs, ids, numbers and times. FOLDER must be empty or missing; what is written
// there is removed at the end.
package main
