package chat

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"

	"sipspan/exporters"
	"sipspan/exporters/notify/message"
	"sipspan/internal/fault"
	"sipspan/record"
)

var (
	_ exporters.Exporter    = (*Chat)(nil)
	_ exporters.Interrupter = (*Chat)(nil)
)

// longest bounds a message. Some services use the default client of net/http, which has no limit of its own; nothing else in the program
// uses that client.
const longest = time.Minute

func init() { http.DefaultClient.Timeout = longest }

// Chat sends each alert as a message to one service.
type Chat struct {
	url     string
	timeout time.Duration
	late    chan error // of a message that was not waited for; nil: none
	stop    chan struct{}
}

// Open returns an exporter to the service of a URL.
func Open(url string, timeout time.Duration) (*Chat, error) {
	if err := checkURL(url); err != nil {
		return nil, err
	}
	return &Chat{url: url, timeout: timeout, stop: make(chan struct{})}, nil
}

// Export implements exporters.Exporter. The library does not say whether a failure lasts, so that all are tried again. One message is
// sent at a time: while one hangs, others wait.
func (c *Chat) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	timer := time.NewTimer(c.timeout)
	defer timer.Stop()
	if c.late != nil {
		if err := c.wait(c.late, timer); errors.Is(err, errLate) {
			return err
		}
		c.late = nil
	}
	sent := make(chan error, 1)
	go func() {
		defer fault.Catch()
		sent <- send(c.url, message.Chat(a))
	}()
	err := c.wait(sent, timer)
	if errors.Is(err, errLate) {
		c.late = sent
	}
	return err
}

var errLate = errors.New("no answer in time")

// wait returns the outcome of a message.
func (c *Chat) wait(sent chan error, timer *time.Timer) error {
	select {
	case err := <-sent:
		if err != nil {
			return &exporters.TemporaryError{Err: fmt.Errorf("%s: %s", Service(c.url), hidden(err, c.url))}
		}
		return nil
	case <-timer.C:
	case <-c.stop:
	}
	return &exporters.TemporaryError{Err: fmt.Errorf("%s: %w", Service(c.url), errLate)}
}

func send(url, text string) error {
	s, err := shoutrrr.CreateSender(url)
	if err != nil {
		return err
	}
	return errors.Join(s.Send(text, nil)...)
}

// Interrupt implements exporters.Interrupter.
func (c *Chat) Interrupt() { close(c.stop) }

// Flush implements exporters.Exporter: nothing is held back.
func (c *Chat) Flush() error { return nil }

// Close implements exporters.Exporter. It does not wait for a message that still hangs.
func (c *Chat) Close() error { return nil }

// maxError bounds the text of an error.
const maxError = 300

// hidden returns the text of an error in one line without any part of the URL of the service that may be a secret, nor a URL that was made of it.
func hidden(err error, service string) string {
	var request *url.Error
	if errors.As(err, &request) { // its URL holds tokens
		err = fmt.Errorf("%s: %w", request.Op, request.Err)
	}
	text := record.Visible(strings.Join(strings.Fields(err.Error()), " "))
	for _, s := range secrets(service) {
		text = strings.ReplaceAll(text, s, "…")
	}
	if r := []rune(text); len(r) > maxError {
		text = string(r[:maxError]) + "…"
	}
	return text
}

// secrets returns the parts of a URL behind its scheme, the longest first.
func secrets(service string) []string {
	_, rest, _ := strings.Cut(service, "://")
	parts := []string{service, rest}
	cut := func(r rune) bool { return strings.ContainsRune(":/@?&=#,", r) }
	for _, p := range strings.FieldsFunc(rest, cut) {
		parts = append(parts, p)
		if plain, err := url.PathUnescape(p); err == nil {
			parts = append(parts, plain)
		}
	}
	kept := parts[:0]
	for _, p := range parts {
		if len(p) >= 4 {
			kept = append(kept, p)
		}
	}
	sort.Slice(kept, func(i, j int) bool { return len(kept[i]) > len(kept[j]) })
	return kept
}
