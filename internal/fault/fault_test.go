package fault

import (
	"strings"
	"testing"
)

func TestCatchTellsTheHandlerAndThePlace(t *testing.T) {
	var got error
	Handle(func(err error) { got = err })
	defer Handle(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer Catch()
		var none []int
		_ = none[len(done)+3]
	}()
	<-done
	if got == nil || !strings.Contains(got.Error(), "index out of range") || !strings.Contains(got.Error(), "fault/fault_test.go:") {
		t.Errorf("the handler was given %v", got)
	}
}

func TestWithoutAHandlerAPanicGoesOn(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	func() {
		defer Catch()
		panic("on")
	}()
}
