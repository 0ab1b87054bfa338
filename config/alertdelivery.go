package config

import (
	"errors"

	"sipspan/exporters/notify/alertmanager"
	"sipspan/exporters/notify/chat"
	"sipspan/exporters/notify/command"
	"sipspan/exporters/notify/delivery"
	alertfile "sipspan/exporters/notify/file"
	"sipspan/exporters/notify/mail"
	"sipspan/exporters/notify/pcap"
	"sipspan/exporters/notify/webhook"
)

// AlertDelivery is where alerts are delivered, in addition to the records.
type AlertDelivery struct {
	File         alertfile.Config    `mapstructure:",squash"`
	Command      command.Config      `mapstructure:",squash"`
	Pcap         pcap.Config         `mapstructure:",squash"`
	Delivery     delivery.Config     `mapstructure:",squash"`
	Alertmanager alertmanager.Config `mapstructure:"alertmanager"`
	Webhook      webhook.Config      `mapstructure:"webhook"`
	Chat         chat.Config         `mapstructure:"chat"`
	Mail         mail.Config         `mapstructure:"mail"`
}

func defaultAlertDelivery() AlertDelivery {
	return AlertDelivery{
		File:         alertfile.DefaultConfig(),
		Command:      command.DefaultConfig(),
		Pcap:         pcap.DefaultConfig(),
		Delivery:     delivery.DefaultConfig(),
		Alertmanager: alertmanager.DefaultConfig(),
		Webhook:      webhook.DefaultConfig(),
		Chat:         chat.DefaultConfig(),
		Mail:         mail.DefaultConfig(),
	}
}

// validate validates every destination. hides is whether privacy hides anything.
func (c AlertDelivery) validate(hides bool) error {
	return errors.Join(
		c.File.Validate(),
		c.Command.Validate(),
		c.Pcap.Validate(),
		c.Pcap.CheckPrivacy(hides),
		c.Delivery.Validate(),
		within("alertmanager", c.Alertmanager.Validate()),
		within("webhook", c.Webhook.Validate()),
		within("chat", c.Chat.Validate()),
		within("mail", c.Mail.Validate()),
	)
}
