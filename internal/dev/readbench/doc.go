// Command readbench measures what reading a capture costs: processor time against tcpdump, memory for each open call, what a
// message costs with few and with many open calls, and the time with two workers against one. It writes a table in Markdown.
//
//	readbench [-rounds N] [-scale F] [-only LIST] -sipspan PROGRAM -sipgen PROGRAM FOLDER
//
// The captures are written into FOLDER by sipgen unless they are there. What is compared runs in turns within each round, so that a
// machine that is slower for a while is slower for both, and only the ratios of a round count.
package main
