// Package hep receives what capture agents send in the Homer Encapsulation Protocol: datagrams, and packets of version 3 in TCP connections.
//
// Each packet becomes a frame of capture.LinkHEP, also one that is refused later: so the account of the pipeline closes over all that
// was received. Connections, the time for a packet and the memory in front of the reader are bounded.
package hep
