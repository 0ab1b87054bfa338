package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"sipspan/exporters"
	"sipspan/exporters/notify/message"
	"sipspan/record"
)

var (
	_ exporters.Exporter    = (*Mail)(nil)
	_ exporters.Interrupter = (*Mail)(nil)
)

// Mail sends each alert in a mail of its own.
type Mail struct {
	config Config
	roots  *x509.CertPool // nil: those of the system
	ctx    context.Context
	cancel context.CancelFunc
}

// Open returns an exporter. It does not speak to the server.
func Open(c Config) (*Mail, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Mail{config: c}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m, nil
}

// Export implements exporters.Exporter. What a server refuses for good (5xx) is not tried again.
func (m *Mail) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	letter, err := m.letter(a)
	if err != nil {
		return err
	}
	var conn net.Conn
	client, err := m.client(&conn)
	if err != nil {
		return err
	}
	defer func() { // the library leaves it open when something fails
		if conn != nil {
			conn.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(m.ctx, m.config.Timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		return judge(err)
	}
	return nil
}

// judge returns an error of the server as one that passes, unless it is for good.
func judge(err error) error {
	text := errors.New("mail: " + record.Visible(strings.Join(strings.Fields(err.Error()), " ")))
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return text
	}
	return &exporters.TemporaryError{Err: text}
}

// letter makes the mail of an alert. All mails of one alert belong to one thread.
func (m *Mail) letter(a *record.Alert) (*gomail.Msg, error) {
	letter := gomail.NewMsg()
	if err := letter.From(m.config.From); err != nil {
		return nil, fmt.Errorf("mail: from: %w", err)
	}
	if err := letter.To(m.config.To...); err != nil {
		return nil, fmt.Errorf("mail: to: %w", err)
	}
	letter.Subject(message.Title(a))
	letter.SetDateWithValue(time.Now())
	letter.SetMessageID()
	letter.SetBulk()
	thread := fmt.Sprintf("<%s@alerts.sipspan.invalid>", word(a.ID))
	letter.SetGenHeader(gomail.HeaderInReplyTo, thread)
	letter.SetGenHeader(gomail.HeaderReferences, thread)
	letter.SetBodyString(gomail.TypeTextPlain, message.Mail(a))
	return letter, nil
}

// word returns the letters and digits of a text.
func word(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// client returns a client for one mail. It keeps its connection in conn.
func (m *Mail) client(conn *net.Conn) (*gomail.Client, error) {
	host, port, err := m.config.host()
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: m.roots}
	dial := (&net.Dialer{}).DialContext
	if m.config.Security == TLS {
		dial = (&tls.Dialer{Config: secure}).DialContext
	}
	options := []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(m.config.Timeout), gomail.WithTLSConfig(secure),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err == nil {
				*conn = c
			}
			return c, err
		}),
	}
	switch m.config.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if m.config.Username != "" {
		password, err := m.config.password()
		if err != nil {
			return nil, &exporters.TemporaryError{Err: fmt.Errorf("mail: password_file: %w", err)}
		}
		kind := gomail.SMTPAuthAutoDiscover
		if m.config.Security == TLS { // the library does not see that the connection is protected
			kind = gomail.SMTPAuthPlain
		}
		options = append(options, gomail.WithSMTPAuth(kind), gomail.WithUsername(m.config.Username), gomail.WithPassword(password))
	}
	return gomail.NewClient(host, options...)
}

// Interrupt implements exporters.Interrupter.
func (m *Mail) Interrupt() { m.cancel() }

// Flush implements exporters.Exporter: nothing is held back.
func (m *Mail) Flush() error { return nil }

// Close implements exporters.Exporter.
func (m *Mail) Close() error {
	m.cancel()
	return nil
}
