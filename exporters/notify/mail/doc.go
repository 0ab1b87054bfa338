// Package mail sends alerts by mail through one SMTP server, with STARTTLS unless told otherwise.
package mail
