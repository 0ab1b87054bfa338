// Package subscription follows subscriptions (RFC 6665): from the first SUBSCRIBE, REFER or notification to the end, with what their
// bodies say.
package subscription
