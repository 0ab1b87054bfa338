// Command notices writes the licence and notice texts of all modules that are linked into a package, of Go itself, and of what the module's own packages have from others, to
// standard output. A module without such a text is an error. Files that are named after the package are appended: the
// licences of libraries that a static program holds.
//
//	notices PACKAGE [FILE ...]
package main
