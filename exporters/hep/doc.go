// Package hep hands the messages that were captured on to collectors, such as Homer or another sipspan, in the Homer Encapsulation Protocol.
//
// Each destination has a queue of bounded size, in which messages wait while it is away; without room the oldest are dropped and counted.
package hep
