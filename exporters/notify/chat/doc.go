// Package chat delivers alerts to chats and pagers, such as Mattermost, Slack, Discord, Teams, Telegram, ntfy and PagerDuty, through
// github.com/nicholas-fedor/shoutrrr, which takes each as one URL.
package chat
