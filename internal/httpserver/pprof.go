package httpserver

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
)

// Pprof says where profiles of the program are served.
type Pprof struct {
	Socket string `mapstructure:"socket"` // path of a Unix socket; "": nowhere
}

// ServePprof serves profiles on the Unix socket of c, which only the user of the process may connect to, until the function that it
// returns is called. A socket that a crash has left is replaced; anything else of that name is an error.
func ServePprof(c Pprof) (stop func(), err error) {
	if c.Socket == "" {
		return func() {}, nil
	}
	if info, err := os.Lstat(c.Socket); err == nil && info.Mode().Type() == fs.ModeSocket && !answered(c.Socket) {
		_ = os.Remove(c.Socket) // or listening says why not
	}
	listener, err := net.Listen("unix", c.Socket)
	if err != nil {
		return nil, fmt.Errorf("pprof.socket: %w", err)
	}
	if err := os.Chmod(c.Socket, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("pprof.socket: %w", err), listener.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: readTimeout, MaxHeaderBytes: maxHeader}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(listener) }()
	return func() { _ = server.Close(); <-ended }, nil
}

// answered reports whether somebody accepts connections on a Unix socket.
func answered(path string) bool {
	c, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
