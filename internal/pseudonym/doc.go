// Package pseudonym writes SIP messages anew so that they name nobody: what identifies a person, a host or a session is replaced by a number
// of its own, the same wherever it stands, and what is not known to be harmless is left out.
//
// Numbers are given in the order in which values are first seen. So nothing can be computed back, and whoever has the original can tell
// which number stands for whom.
package pseudonym
