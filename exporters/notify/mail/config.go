package mail

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"strconv"
	"strings"
	"time"
)

// The ways to protect the connection.
const (
	StartTLS = "starttls" // demanded: without it nothing is sent
	TLS      = "tls"      // from the first byte on
	None     = "none"     // in the clear
)

// Config sets where mails are sent.
type Config struct {
	Server       string        `mapstructure:"server"`        // host:port
	Security     string        `mapstructure:"security"`      // starttls, tls or none
	Username     string        `mapstructure:"username"`      // "": no login
	PasswordFile string        `mapstructure:"password_file"` // its first line is the password
	From         string        `mapstructure:"from"`
	To           []string      `mapstructure:"to"`      // none sends no mail
	Timeout      time.Duration `mapstructure:"timeout"` // of one mail
}

// DefaultConfig sends nothing until somebody is to receive it.
func DefaultConfig() Config {
	return Config{Server: "localhost:25", Security: StartTLS, From: "sipspan@localhost", To: []string{}, Timeout: 30 * time.Second}
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	switch c.Security {
	case StartTLS, TLS, None:
	default:
		errs = append(errs, fmt.Errorf("security: %q: expected %s, %s or %s", c.Security, StartTLS, TLS, None))
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > 5*time.Minute {
		errs = append(errs, fmt.Errorf("timeout: %v: expected 100ms to 5m", c.Timeout))
	}
	if _, _, err := c.host(); err != nil {
		errs = append(errs, fmt.Errorf("server: %w", err))
	}
	if err := checkAddress(c.From); err != nil {
		errs = append(errs, fmt.Errorf("from: %w", err))
	}
	if len(c.To) == 0 {
		return errors.Join(errs...)
	}
	for i, to := range c.To {
		if err := checkAddress(to); err != nil {
			errs = append(errs, fmt.Errorf("to[%d]: %w", i, err))
		}
	}
	if (c.Username == "") != (c.PasswordFile == "") {
		errs = append(errs, errors.New("username: expected it together with password_file"))
	}
	if c.Username != "" && c.Security == None {
		errs = append(errs, errors.New("security: a password is not sent in the clear; expected starttls or tls"))
	}
	if _, err := c.password(); err != nil {
		errs = append(errs, fmt.Errorf("password_file: %w", err))
	}
	return errors.Join(errs...)
}

// host returns the two parts of the server.
func (c Config) host() (host string, port int, err error) {
	host, text, err := net.SplitHostPort(c.Server)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || host == "" || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("%q: expected host:port such as mail.example:587", c.Server)
	}
	return host, port, nil
}

func checkAddress(text string) error {
	if _, err := mail.ParseAddress(text); err != nil || strings.ContainsAny(text, "\r\n") {
		return fmt.Errorf("%q: expected an address such as sipspan@example.com or \"Sipspan <sipspan@example.com>\"", text)
	}
	return nil
}

// password reads the file, "" where none is given. It is read for each mail, so that it can be changed while the program runs.
func (c Config) password() (string, error) {
	if c.PasswordFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if first = strings.TrimRight(first, "\r"); first == "" {
		return "", fmt.Errorf("%s: expected the password in its first line", c.PasswordFile)
	}
	return first, nil
}
