// Command soak lets the daemon run under load for minutes or hours and breaks things around it: it captures calls mixed with floods, on an
// interface that goes and comes, with a disk that fills up and receivers that hang.
//
// It needs Linux and the right to make network and mount namespaces. In these it starts the program, so that nothing of the machine is touched
// and all is gone when it ends, however it ends. What happens at which time follows from a seed, which it prints. At the end it prints a table
// and compares what it sent with what the program recorded and counted. Its exit status is 1 when that does not agree.
//
// A run has four parts. In the first one every flood is played once, so that the tables are full. In the second and the last one there are
// calls alone; between them are floods and faults. Memory, goroutines and descriptors of the last part are compared with those of the second.
package main
