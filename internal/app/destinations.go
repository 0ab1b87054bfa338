package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/notify/alertmanager"
	"sipspan/exporters/notify/chat"
	alertcommand "sipspan/exporters/notify/command"
	"sipspan/exporters/notify/file"
	"sipspan/exporters/notify/mail"
	"sipspan/exporters/notify/webhook"
)

// destination is where alerts are to be delivered.
type destination struct {
	kind     string // name of the exporter, such as alert_webhook; further ones of a kind have a number
	which    string // tells several of a kind apart: their address, which may hold a password
	settings any    // another value is another exporter
	reminds  bool   // the exporter keeps what is firing: it is given that when it begins
	open     func() (exporters.Exporter, error)
}

// destinations are those that a configuration names, but for the file.
func destinations(c *config.AlertDelivery, log *slog.Logger) (list []destination, err error) {
	for _, url := range c.Alertmanager.URLs {
		own := c.Alertmanager
		own.URLs = nil // what becomes of the others is no matter of this one
		list = append(list, destination{
			kind: "alert_alertmanager", which: url, settings: []any{own, content(own.HTTPConfig)}, reminds: true,
			open: func() (exporters.Exporter, error) {
				a, err := alertmanager.Open(c.Alertmanager, url, c.Delivery.Retry(), time.Now)
				return a, alertError("alertmanager", err)
			},
		})
	}
	if c.Webhook.URL != "" {
		list = append(list, destination{
			kind: "alert_webhook", settings: []any{c.Webhook, content(c.Webhook.HTTPConfig)},
			open: func() (exporters.Exporter, error) {
				w, err := webhook.Open(c.Webhook)
				return w, alertError("webhook", err)
			},
		})
	}
	urls, err := c.Chat.All()
	if err != nil {
		return nil, alertError("chat", err)
	}
	for _, url := range urls {
		list = append(list, destination{
			kind: "alert_chat", which: url, settings: c.Chat.Timeout,
			open: func() (exporters.Exporter, error) {
				s, err := chat.Open(url, c.Chat.Timeout)
				return s, alertError("chat", err)
			},
		})
	}
	if len(c.Mail.To) > 0 {
		list = append(list, destination{
			kind: "alert_mail", settings: c.Mail,
			open: func() (exporters.Exporter, error) {
				m, err := mail.Open(c.Mail)
				return m, alertError("mail", err)
			},
		})
	}
	if len(c.Command.Args) > 0 {
		list = append(list, destination{
			kind: "alert_command", settings: c.Command,
			open: func() (exporters.Exporter, error) {
				cmd, err := alertcommand.Open(c.Command, log)
				return cmd, alertError("command", err)
			},
		})
	}
	return list, nil
}

// toFile is the file that alerts are appended to.
func toFile(c file.Config) destination {
	return destination{
		kind: "alert_file", settings: c,
		open: func() (exporters.Exporter, error) {
			f, err := file.Open(c)
			return f, alertError("file", err)
		},
	}
}

// content returns what is in a file of settings, so that a change of it is seen; "" when it cannot be read, which is reported when it is
// used.
func content(path string) string {
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}

// receiver is a destination in use.
type receiver struct {
	destination
	queue *exporters.Queue
}

// deliver opens destinations and starts their queues. With an error it returns those that it has started.
func deliver(list []destination, c *config.AlertDelivery, log *slog.Logger) (all []receiver, err error) {
	for _, to := range list {
		e, err := to.open()
		if err != nil {
			return all, err
		}
		all = append(all, receiver{to, c.Delivery.NewQueue(freeName(to.kind, all), e, log)})
	}
	return all, nil
}

// freeName returns the name of the next exporter of a kind. It is no address, which may hold a password.
func freeName(kind string, used []receiver) string {
	name := kind
	for n := 2; hasName(used, name); n++ {
		name = fmt.Sprintf("%s_%d", kind, n)
	}
	return name
}

func hasName(used []receiver, name string) bool {
	for _, d := range used {
		if d.queue.Stats().Name == name {
			return true
		}
	}
	return false
}

// queuesOf returns the queues of destinations.
func queuesOf(all []receiver) (queues exporters.Queues) {
	for _, d := range all {
		queues = append(queues, d.queue)
	}
	return queues
}

// notifications starts the destinations of alerts that notify: Alertmanagers, webhook, chats, mail and command. With an error it returns
// those that it has started.
func notifications(c *config.AlertDelivery, log *slog.Logger) (exporters.Queues, error) {
	list, err := destinations(c, log)
	if err != nil {
		return nil, err
	}
	all, err := deliver(list, c, log)
	return queuesOf(all), err
}

// alertError is a fault of the configuration of alerts that is found only when a destination is opened, nil without one.
func alertError(key string, err error) error {
	if err == nil {
		return nil
	}
	return &ConfigError{fmt.Errorf("exporters.alert.%s: %w", key, err)}
}

// openAlertFile opens the file that alerts are appended to.
func openAlertFile(c file.Config) (exporters.Exporter, error) { return toFile(c).open() }

// closeAll closes exporters that are not used after all.
func closeAll(list []exporters.Exporter) error {
	var errs []error
	for _, e := range list {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}
