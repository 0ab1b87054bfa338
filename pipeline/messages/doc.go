// Package messages reads a source once more for the SIP messages of chosen Call-IDs, and says of each which frames carried it.
//
// It uses the same stages as the pipeline does (time, defragmentation, reassembly, TLS, WebSocket, SCTP, tunnels, trace logs), and no
// sessions. So what it delivers is what the records were made from.
package messages
