// Package choose decides which records somebody wants to see: it compiles short conditions, such as a number or a status, and expressions over the
// members of records into one predicate.
//
// Expressions are of the language of github.com/expr-lang/expr. Their names are the members of the records as JSON has them. They are checked
// when they are compiled, so that a name that no record has is an error with its place. A member that a record does not have is an empty text, an empty list,
// false, or a number that is equal to nothing and neither smaller nor greater than anything; known(member) tells that apart.
//
// Nothing is read or written here.
package choose
