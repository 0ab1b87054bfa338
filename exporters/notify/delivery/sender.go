package delivery

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

// Sender sends bodies to one URL, one request at a time.
type Sender struct {
	Client  *http.Client
	Method  string
	URL     string
	Header  http.Header
	Timeout time.Duration // of one request

	ctx    context.Context
	cancel context.CancelFunc
}

// Start makes the sender ready. Interrupt and Close may be called from then on.
func (s *Sender) Start() { s.ctx, s.cancel = context.WithCancel(context.Background()) }

// Interrupt ends the current request and makes later ones fail at once.
func (s *Sender) Interrupt() { s.cancel() }

// Close closes the connections.
func (s *Sender) Close() {
	s.cancel()
	s.Client.CloseIdleConnections()
}

// Send makes one request. The error is an exporters.TemporaryError when a later try may succeed: without an answer, or when the
// server is overloaded (429), slow (408) or broken (5xx).
func (s *Sender) Send(body []byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, s.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, s.Method, s.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("making the request: %w", withoutAddress(err))
	}
	for name, values := range s.Header {
		request.Header[name] = values
	}
	if host := s.Header.Get("Host"); host != "" {
		request.Host = host // net/http ignores the header field
	}
	response, err := s.Client.Do(request)
	if err != nil {
		return &exporters.TemporaryError{Err: fmt.Errorf("%s %s: %w", s.Method, Shown(s.URL), withoutAddress(err))}
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // only a body that was read to its end frees the connection for the next request
	status := response.StatusCode
	if status/100 == 2 {
		return nil
	}
	err = fmt.Errorf("%s %s was answered with %s%s", s.Method, Shown(s.URL), record.Visible(s.withoutSecrets(response.Status)), firstWords(s.withoutSecrets(string(answer))))
	if status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status/100 == 5 {
		return &exporters.TemporaryError{After: retryAfter(response.Header), Err: err}
	}
	return err
}

// longestWait bounds the Retry-After of a server.
const longestWait = 5 * time.Minute

// retryAfter reads the header field of that name (RFC 9110 section 10.2.3), 0 when there is none.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, time.Until(at)), longestWait)
	}
	return 0
}

// firstWords returns the part of an answer that fits into a line of the log, without characters that a terminal would obey.
func firstWords(body string) string {
	const most = 200
	text := record.Visible(strings.Join(strings.Fields(body), " "))
	if text == "" {
		return ""
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return ": " + text
}
