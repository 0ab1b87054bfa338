// Package ladder makes a ladder of one conversation: who took part as columns, what they sent each other as arrows, and beside the arrows
// what that meant.
//
// [Build] takes the messages as they were captured and the record that was written of them; [OfHops] takes the record alone, for
// records that were stored without messages. Both give a [Ladder], a plain value that the packages below this one draw. Nothing in it is guessed:
// two addresses are one column only where the messages show that they belong to one element, an element has the name that
// it gives itself, and what was not captured is not drawn.
//
// Every text of a ladder is one line of printable characters without changes of direction, and of bounded length, whatever was on the wire.
// What has a meaning in the language of a drawing is left to the drawing to escape.
package ladder
