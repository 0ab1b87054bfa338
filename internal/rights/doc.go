// Package rights gives up the rights of root once what needs them is open.
//
// [Drop] makes the process that of another user, without capabilities in any thread but one. That one thread keeps CAP_NET_RAW, and has it
// in force only while [Opener.Do] runs: an interface that was gone is opened there again. No packet is read in it.
package rights
