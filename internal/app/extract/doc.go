// Package extract copies the packets of chosen sessions into a capture of their own.
//
// The inputs are read three times: for the records, of which some are chosen; for the messages of these and the frames that carried
// them; and for the frames. With media they are read once more, for datagrams in fragments.
package extract
