package diagnose

import (
	"strings"

	"sipspan/decode/sip"
	"sipspan/session/evidence"
)

// inside reports whether the request was sent inside a dialog. Some methods are sent nowhere else.
func (v *view) inside() bool {
	switch v.c.Method {
	case "BYE", "UPDATE", "PRACK", "INFO":
		return true
	}
	return v.c.Place == evidence.Inside || v.request() != nil && len(v.request().To().Tag()) > 0
}

// name is what sentences call the request: an INVITE inside a dialog is a re-INVITE.
func (v *view) name() string {
	if v.c.Method == "INVITE" && v.inside() {
		return "re-INVITE"
	}
	return v.c.Method
}

// kinds lists under which kinds of request the meaning of a status is looked for, the most particular first. A request
// whose place is not known has only the meaning that holds everywhere.
func (v *view) kinds() []string {
	method := v.c.Method
	switch {
	case !v.inside():
		switch {
		case method == "REGISTER", method == "PUBLISH", method == "NOTIFY":
		case v.c.Place == evidence.UnknownPlace:
			return nil
		case method == "SUBSCRIBE":
			return []string{method + " " + v.eventPackage(), method}
		}
		return []string{method}
	case method == "INVITE", method == "SUBSCRIBE":
		return []string{"re-" + method, anyInside}
	case method == "MESSAGE", method == "OPTIONS":
		return []string{anyInside}
	}
	return []string{method, anyInside}
}

// anyInside is the kind of request that stands for all inside a dialog.
const anyInside = "dialog"

// eventPackage is the event package that the request names, "" when it names none or was not captured.
func (v *view) eventPackage() string { return strings.ToLower(v.sent(sip.HeaderEvent, "", "")) }
