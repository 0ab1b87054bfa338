// Package delivery is what all destinations of alerts have in common: the queue in front of each, which lets alerts through
// and nothing else, tries again, drops the oldest when it is full and drains in a bounded time; what tells one alert from
// another; and, for those that are reached over HTTP, the client and which answers are worth another try.
package delivery
