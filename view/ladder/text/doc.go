// Package text draws a ladder for a terminal, or for a mail: one line a message.
//
// As long as there is room, an arrow has its label in it. With many columns or little room the lanes become narrow, and the labels stand right
// of them; the columns then have numbers above them, and a list says whose they are. Where not even that fits, the lines name the
// numbers of both ends instead of drawing an arrow.
package text
