package app

import (
	"fmt"
	"log/slog"
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

// notifications starts the destinations of alerts that notify: Alertmanagers, webhook, chats, mail and command. With an error it returns
// those that it has started. Those that keep what is firing are in remembering as well.
func notifications(c *config.AlertDelivery, log *slog.Logger) (queues, remembering exporters.Queues, err error) {
	start := func(name string, e exporters.Exporter) { queues = append(queues, c.Delivery.NewQueue(name, e, log)) }
	for i, url := range c.Alertmanager.URLs {
		a, err := alertmanager.Open(c.Alertmanager, url, c.Delivery.Retry(), time.Now)
		if err != nil {
			return queues, remembering, alertError("alertmanager", err)
		}
		name := "alert_alertmanager"
		if i > 0 {
			name = fmt.Sprintf("%s_%d", name, i+1) // no address: it may hold a password
		}
		start(name, a)
		remembering = append(remembering, queues[len(queues)-1])
	}
	if c.Webhook.URL != "" {
		w, err := webhook.Open(c.Webhook)
		if err != nil {
			return queues, remembering, alertError("webhook", err)
		}
		start("alert_webhook", w)
	}
	urls, err := c.Chat.All()
	if err != nil {
		return queues, remembering, alertError("chat", err)
	}
	for i, url := range urls {
		s, err := chat.Open(url, c.Chat.Timeout)
		if err != nil {
			return queues, remembering, alertError("chat", err)
		}
		name := "alert_chat"
		if i > 0 {
			name = fmt.Sprintf("%s_%d", name, i+1)
		}
		start(name, s)
	}
	if len(c.Mail.To) > 0 {
		m, err := mail.Open(c.Mail)
		if err != nil {
			return queues, remembering, alertError("mail", err)
		}
		start("alert_mail", m)
	}
	if len(c.Command.Args) > 0 {
		cmd, err := alertcommand.Open(c.Command, log)
		if err != nil {
			return queues, remembering, alertError("command", err)
		}
		start("alert_command", cmd)
	}
	return queues, remembering, nil
}

// alertError is a fault of the configuration of alerts that is found only when a destination is opened.
func alertError(key string, err error) error {
	return &ConfigError{fmt.Errorf("exporters.alert.%s: %w", key, err)}
}

// openAlertFile opens the file that alerts are appended to.
func openAlertFile(c file.Config) (*file.File, error) {
	f, err := file.Open(c)
	if err != nil {
		return nil, alertError("file", err)
	}
	return f, nil
}
