// Package privacy hides in finished records what identifies people, before any exporter gets them: identities (the user part of
// URIs, numbers, display names), and if configured domains, addresses and Call-IDs.
//
// What is hidden is dropped or replaced by a pseudonym: HMAC-SHA-256 under a key that only the operator has. The
// same user has the same pseudonym in all records of every run with that key, so that records can still be joined; without the
// key, a pseudonym can neither be reversed nor compared with names.
//
// Every string of every record struct is classified in one table. A test keeps the table complete; a field that is
// missing from it is not written. In sentences, such as reason phrases and explanations, URIs, long numbers and what the record
// itself names as an identity are replaced.
package privacy
