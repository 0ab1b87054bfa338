// Package command runs a program for each alert, one at a time, with the alert's JSON as a line on its standard input. There
// is no shell: the arguments are what the configuration lists. The program has a time limit, after which it and all that
// it started in its process group are killed; of the environment it gets PATH, HOME, USER, LANG, LC_ALL, TZ and TMPDIR, and no
// setting of sipspan, which may be a secret. Its exit status and the last line of its standard error are logged.
// Exit status 75 (EX_TEMPFAIL of sysexits.h) asks to be run again later; any other but 0 means that this alert is lost.
package command
