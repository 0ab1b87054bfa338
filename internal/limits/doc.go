// Package limits says how much memory the program may take, and how the tables share it.
//
// The limit is one for the whole program. The garbage collector is given it as its own limit, so that garbage does not
// pass it, and every table that traffic can fill has a share of it, so that what is in use does not. The shares come to
// less than the whole: the rest is for what has no table, and for the collector, which needs room to work in.
package limits
