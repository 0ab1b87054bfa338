// Package fault lets the program end in one clear line when it meets a fault of its own, in whatever goroutine that is.
//
// Every goroutine that sipspan starts for longer than a call defers Catch. The command decides with Handle what a fault
// does; in tests, where nobody did, a panic stays a panic.
package fault

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"sync/atomic"
)

var handler atomic.Pointer[func(error)]

// Handle sets what is called when a goroutine that defers Catch panics, in that goroutine. It should end the process:
// what the goroutine was to do is left undone. nil takes the handler away.
func Handle(h func(error)) {
	if h == nil {
		handler.Store(nil)
		return
	}
	handler.Store(&h)
}

// Catch is to be deferred. It gives a panic to the handler, with the place in the source where it happened.
func Catch() {
	h := handler.Load()
	if h == nil {
		return
	}
	if v := recover(); v != nil {
		(*h)(fmt.Errorf("internal fault, please report it: %v (%s)", v, place()))
	}
}

// place returns the innermost line of the program itself on the stack of a panic.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "sipspan/") && !strings.HasPrefix(f.Function, "sipspan/internal/fault.Catch") || strings.HasPrefix(f.Function, "main.") {
			return fmt.Sprintf("%s:%d", path.Join(path.Base(path.Dir(f.File)), path.Base(f.File)), f.Line)
		}
		if !more {
			return "place unknown"
		}
	}
}
