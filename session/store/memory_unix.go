//go:build unix

package store

import "syscall"

// mapMemory returns zeroed memory that the garbage collector does not count.
func mapMemory(size int) []byte {
	m, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size) // the system has no more mappings, or no more memory, which then shows here
	}
	return m
}

// unmapMemory gives up what mapMemory returned. Memory of the heap is not known to the system call, which refuses it.
func unmapMemory(m []byte) { _ = syscall.Munmap(m) }
