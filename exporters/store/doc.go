// Package store keeps records, and messages where that is wanted, in files of SQLite, in which they are found by time, Call-ID, number, name and address while more are written.
//
// A store is a folder. Its records are in parts: files of at most a day and a million records each, of which the newest is written. What is too old, or
// too much, is removed as whole parts, which costs next to nothing and gives the room back to the disk. A record is a compressed JSON object, the same that the
// record files hold; beside it stand its kind, its beginning, and the keys of package record/choose.
//
// Keys are not in an index of SQLite, of which a batch would change a page for nearly each key, but in sorted runs, see addRun. They have 47 bits; what is found by them is
// compared with what was asked for.
//
// Messages are in blocks: those that came since the last batch, sorted by Call-ID, are compressed together in pieces of some hundred, and each Call-ID points to the
// few blocks that hold it. In a batch that belongs together, the blocks have the same number of a batch.
//
// Records and blocks are written in batches, each in one transaction: a batch is in the store as a whole or not at all, also when the program is killed.
package store
