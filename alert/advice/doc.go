// Package advice completes an alert with what a person needs next: the command that lists the calls where this sensor writes its records,
// and the addresses of the pages and of the capture. It holds the page that says what to do, too.
package advice
