// Package msdiag reads what Microsoft's servers and clients say about a failure in header fields of their own:
// ms-diagnostics, ms-diagnostics-public and ms-client-diagnostics (MS-OCER section 2.2.1), and
// ms-edge-proxy-message-trust, which names the edge server that a response came through.
//
// [Parse] splits a value without copying it; all byte slices are borrowed from the value. [Component] tells which part
// of a deployment an error number belongs to, [Lookup] and [LookupHRESULT] what the well-known ones mean and what to do
// about them. The sentences are this project's own.
package msdiag
