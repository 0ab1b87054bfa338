package stats

import "bytes"

// EventPackage is an event package of RFC 6665. The set is closed, so that it can be a metric label.
type EventPackage uint8

// The event packages known by name.
const (
	EventOther EventPackage = iota
	EventPresence
	EventPresenceWinfo
	EventDialog
	EventMessageSummary
	EventRefer
	EventReg
	EventConference
	EventUAProfile
	EventKPML
	EventXCAPDiff
	EventCallCompletion
	EventASFeature
	EventCallInfo
	EventLineSeize
	EventKeepAlive
	EventCheckSync
	EventTalk
	EventHold
	EventProvisioning
	EventProvisioningV2
	EventRoamingContacts
	EventRoamingACL
	EventRoamingSelf
	EventRegistrationNotify
	NumEvents = int(iota)
)

var eventNames = [NumEvents]string{
	"other", "presence", "presence.winfo", "dialog", "message-summary", "refer", "reg", "conference", "ua-profile",
	"kpml", "xcap-diff", "call-completion", "as-feature-event", "call-info", "line-seize", "keep-alive", "check-sync",
	"talk", "hold", "vnd-microsoft-provisioning", "vnd-microsoft-provisioning-v2", "vnd-microsoft-roaming-contacts",
	"vnd-microsoft-roaming-acl", "vnd-microsoft-roaming-self", "registration-notify",
}

// String returns the name of the event package, or "other".
func (e EventPackage) String() string { return eventNames[e] }

var eventsByName = func() map[string]EventPackage {
	events := make(map[string]EventPackage, NumEvents)
	for i, name := range eventNames[1:] {
		events[name] = EventPackage(i + 1)
	}
	return events
}()

// EventNamed returns the event package with an event type, EventOther for one that is not in the set. Event types are
// compared byte by byte (RFC 6665 section 8.2.1).
func EventNamed(eventType []byte) EventPackage { return eventsByName[string(eventType)] }

// NotifyState is the state that a NOTIFY reports in Subscription-State.
type NotifyState uint8

// The states of RFC 6665 section 4.1.3.
const (
	NotifyOther NotifyState = iota // an extension, or none given
	NotifyActive
	NotifyPending
	NotifyTerminated
	NumNotifyStates = int(iota)
)

var notifyStateNames = [NumNotifyStates]string{"other", "active", "pending", "terminated"}

// String returns the state as the header field names it, or "other".
func (s NotifyState) String() string { return notifyStateNames[s] }

// NotifyStateNamed returns the state that a Subscription-State header field names, whatever its case.
func NotifyStateNamed(state []byte) NotifyState {
	for s := NotifyActive; int(s) < NumNotifyStates; s++ {
		if bytes.EqualFold(state, []byte(notifyStateNames[s])) {
			return s
		}
	}
	return NotifyOther
}
