package delivery

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/common/config"
)

// CheckURL reports what is wrong with the address of a page. The error holds no password.
func CheckURL(text string) error {
	shown := Hidden
	if u, err := url.Parse(text); err == nil {
		shown = u.Redacted()
	}
	return check(text, shown)
}

// CheckDestination reports what is wrong with the address of a destination. The error holds of the address what Shown returns.
func CheckDestination(text string) error {
	shown := Shown(text)
	if strings.HasSuffix(text, "/"+Hidden) && shown == text {
		return fmt.Errorf("%q: expected the address itself, which a dump does not hold", shown)
	}
	return check(text, shown)
}

func check(text, shown string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q: expected a URL such as http://127.0.0.1:9093", shown)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return fmt.Errorf("%q: expected a URL that begins with http:// or https:// and names a host", shown)
	}
	return nil
}

// CheckClient reports what is wrong with a file for NewClient.
func CheckClient(file string) error {
	if file == "" {
		return nil
	}
	client, err := NewClient(file)
	if err == nil {
		client.CloseIdleConnections()
	}
	return err
}

// NewClient returns a client with the basic authentication, bearer tokens, OAuth 2, TLS, proxies and header fields of a file in
// the form of Prometheus's http_config. Without a file it is a plain client.
func NewClient(file string) (*http.Client, error) {
	c := config.DefaultHTTPClientConfig
	if file != "" {
		loaded, _, err := config.LoadHTTPConfigFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: expected the settings of an HTTP client: %w", file, err)
		}
		c = *loaded
	}
	client, err := config.NewClientFromConfig(c, "alerts", config.WithUserAgent("sipspan"))
	if err != nil {
		return nil, fmt.Errorf("%s: making an HTTP client: %w", file, err)
	}
	return client, nil
}
