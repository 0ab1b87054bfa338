// Command livebench measures how many packets a second the daemon captures without a loss, with each driver, beside tcpdump and sngrep.
//
// It makes two network namespaces and a pair of interfaces between them, sends a capture with tcpreplay faster and faster, and asks each program
// what it has lost. It prints a table in Markdown and removes the namespaces.
package main
