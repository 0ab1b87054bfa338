package chat

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
)

// Config sets which chats and pagers get alerts.
type Config struct {
	URLs     []string      `mapstructure:"urls"`      // of the services, with their tokens
	URLsFile string        `mapstructure:"urls_file"` // file with more of them, one a line
	Timeout  time.Duration `mapstructure:"timeout"`   // of one message
}

// DefaultConfig sends nothing.
func DefaultConfig() Config { return Config{URLs: []string{}, Timeout: 15 * time.Second} }

const (
	maxURLs = 32
	// mail has an exporter of its own, and logger would write into the log of the program.
	ownMail, ownLog = "smtp", "logger"
	// atStart are services that speak to their server when they are set up.
	atStart = "matrix"
)

// Validate reports every impossible value, with its key and what was expected. No error holds a URL, because of the tokens in it.
func (c Config) Validate() error {
	var errs []error
	for i, u := range c.URLs {
		if err := checkURL(u); err != nil {
			errs = append(errs, fmt.Errorf("urls[%d]: %w", i, err))
		}
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > longest {
		errs = append(errs, fmt.Errorf("timeout: %v: expected 100ms to %v", c.Timeout, longest))
	}
	if all, err := c.All(); err != nil {
		errs = append(errs, fmt.Errorf("urls_file: %w", err))
	} else if len(all) > maxURLs {
		errs = append(errs, fmt.Errorf("urls: %d services, expected at most %d", len(all), maxURLs))
	}
	return errors.Join(errs...)
}

// All returns the URLs of the configuration and of its file.
func (c Config) All() ([]string, error) {
	all := slices.Clone(c.URLs)
	if c.URLsFile == "" {
		return all, nil
	}
	f, err := os.Open(c.URLsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := checkURL(text); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", c.URLsFile, n, err)
		}
		all = append(all, text)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.URLsFile, err)
	}
	return all, nil
}

// checkURL reports what is wrong with the URL of a service.
func checkURL(text string) error {
	scheme := Service(text)
	kind, _, _ := strings.Cut(scheme, "+")
	known := (&router.ServiceRouter{}).ListServices()
	switch {
	case scheme == "" || !slices.Contains(known, kind):
		return errors.New("expected the URL of a service that shoutrrr knows, such as mattermost://host/token or ntfy://ntfy.sh/topic")
	case kind == ownMail:
		return errors.New("expected a chat or a pager; mail has the section exporters.alert.mail")
	case kind == ownLog:
		return errors.New("expected a chat or a pager; run logs every alert by itself")
	case kind == atStart:
		if _, err := url.Parse(text); err != nil {
			return fmt.Errorf("expected the URL of a %s service", kind)
		}
		return nil
	}
	if _, err := shoutrrr.CreateSender(text); err != nil {
		return fmt.Errorf("the URL of a %s service is wrong: %s", kind, hidden(err, text))
	}
	return nil
}

// Service returns the scheme of a URL: the name of the service.
func Service(text string) string {
	scheme, _, found := strings.Cut(text, "://")
	if !found || strings.ContainsFunc(scheme, func(r rune) bool { return (r < 'a' || r > 'z') && r != '+' }) {
		return ""
	}
	return scheme
}
