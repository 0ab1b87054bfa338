//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "soak: network namespaces are a thing of Linux")
	os.Exit(1)
}
