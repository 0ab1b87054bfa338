package limits

import (
	"context"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

func TestLeft(t *testing.T) {
	c := Config{Memory: 400 << 20}
	for _, tt := range []struct{ resident, managed, want int64 }{
		{100, 100, 400}, // MiB
		{100, 120, 400}, // memory that the collector has and never touched
		{300, 200, 300},
		{500, 100, 100},
	} {
		if got := c.left(tt.resident<<20, tt.managed<<20) >> 20; got != tt.want {
			t.Errorf("%d MiB resident, %d managed: %d are left, want %d", tt.resident, tt.managed, got, tt.want)
		}
	}
}

func TestResident(t *testing.T) {
	if got, want := resident([]byte("500 30 20 1 0 9 0\n")), int64(30*os.Getpagesize()); got != want {
		t.Errorf("%d, want %d", got, want)
	}
	if got := resident([]byte("nothing")); got != 0 {
		t.Errorf("%d", got)
	}
}

// TestFollow has memory that the collector does not manage, and waits until its limit is that much lower.
func TestFollow(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip(err)
	}
	const buffer = 256 << 20
	memory, err := syscall.Mmap(-1, 0, buffer, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(memory) }() // the end of the process does it, too
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	t.Setenv(variable, "")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	c := Config{Memory: 1 << 40}
	go func() { c.Follow(ctx); close(ended) }()
	for debug.SetMemoryLimit(-1) == before {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-ended
	if got := debug.SetMemoryLimit(-1); got > c.Memory-buffer/2 || got < c.Memory-1<<34 {
		t.Errorf("the limit of the collector is %d", got)
	}

	t.Setenv(variable, "1GiB")
	c.Follow(t.Context()) // returns at once
}
