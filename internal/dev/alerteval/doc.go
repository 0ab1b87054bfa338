// Package alerteval measures how good the alert engine is with its default rules: it invents weeks of traffic of several
// sites, plants incidents whose truth it knows, shows both to the engine as the signals that the sessions would send, and
// compares what was raised with what was planted.
//
// The traffic of a site is a value (Site): how many calls when, over which trunks, with which outcomes, how many phones
// register and subscribe. What goes wrong is a value too (Incident), and so is what looks odd and is none (Benign). The same
// seed gives the same signals and so the same report.
//
// The package knows nothing of the rules but the names of their types, and the rules know nothing of the scenarios.
package alerteval
