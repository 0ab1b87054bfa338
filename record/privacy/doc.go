// Package privacy takes what points to people out of finished records before any exporter sees them: identities (the user
// part of URIs, numbers, display names), and if asked domains, addresses and Call-IDs.
//
// What is hidden is dropped or replaced by a pseudonym: HMAC-SHA-256 under a key that only the operator has. Whoever is
// alice in one record has the same pseudonym in all of them, in every run with that key, so that records still belong
// together; without the key nobody can go back from the pseudonym or try names out.
//
// Every string of every record struct is classified in one table. A test keeps the table complete; a field that is
// missing from it all the same is left out of what is written. In texts for people, such as reason phrases and
// explanations, URIs, long numbers and what the record itself names as an identity are replaced wherever they stand.
package privacy
