// Package binding writes registrations (RFC 3261 section 10) and publications (RFC 3903), which are one request each, and reads what
// the answer shows of the bindings.
package binding
