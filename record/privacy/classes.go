package privacy

import (
	"reflect"
	"sync"
)

// class is the kind of a string of a record, which decides how it is written.
type class uint8

const (
	unclassified class = iota
	plain              // a word of sipspan or of the protocol
	uri                // a URI, or a header field value around one
	name               // a display name
	address            // address:port, or a host
	callID
	recordID // made of the Call-ID
	tag      // of a dialog or an entity; some devices put their address or their user into it
	device   // identifies a device
	text     // a sentence or phrase; may quote anything
	activity // of RFC 4480, or written by a person
	personal // written by a person
)

// classes holds the class of every string of every record, by struct and field. A list of strings is one field, and so is a list of counts
// whose names are not plain.
var classes = map[string]class{
	"Header.ID":     recordID,
	"Header.Sensor": plain,
	"Header.CallID": callID,

	"Peers.From": plain, // names from the configuration
	"Peers.To":   plain,

	"Capture.Interface": plain,
	"Capture.Tunnel":    plain,
	"Capture.Node":      plain,
	"Capture.OuterSrc":  address,
	"Capture.OuterDst":  address,

	"Header.Correlation":    callID,
	"Capture.CorrelationID": callID, // one, or like one

	"Party.URI":     uri,
	"Party.Display": name,
	"Party.Tag":     tag,

	"Endpoint.Addr":      address,
	"Endpoint.UserAgent": text,

	"Call.Reason":           text,
	"Call.RequestURI":       uri,
	"Call.AssertedIdentity": uri,
	"Call.ReleasedBy":       plain,
	"Call.Services":         plain,

	"Hop.Src":       address,
	"Hop.Dst":       address,
	"Hop.Transport": plain,

	"Fork.ToTag":     tag,
	"Fork.Epid":      device,
	"Fork.Contact":   uri,
	"Fork.UserAgent": text,

	"Media.Type":      plain,
	"Media.Codec":     plain,
	"Media.Addr":      address,
	"Media.Direction": plain,

	"Related.Relation": plain,
	"Related.CallID":   callID,

	"Registration.AOR":       uri,
	"Registration.Contacts":  uri,
	"Registration.Reason":    text,
	"Registration.UserAgent": text,
	"Registration.Src":       address,
	"Registration.Dst":       address,

	"Subscription.Event":            text,
	"Subscription.Resource":         uri,
	"Subscription.Subscriber":       uri,
	"Subscription.State":            text,
	"Subscription.Reason":           text,
	"Subscription.TerminatedReason": text,
	"Subscription.Src":              address,
	"Subscription.Dst":              address,
	"Subscription.CallCompletion":   text,

	"Presence.Entity":     uri,
	"Presence.Basic":      plain,
	"Presence.Activities": activity,
	"Presence.Note":       personal,
	"DialogState.State":   text,

	"Publication.Event":   text,
	"Publication.AOR":     uri,
	"Publication.IfMatch": tag,
	"Publication.ETag":    tag,
	"Publication.Reason":  text,
	"Publication.Src":     address,
	"Publication.Dst":     address,

	"Message.Reason":      text,
	"Message.ContentType": text,
	"Message.Text":        personal,
	"Message.Src":         address,
	"Message.Dst":         address,

	"Transaction.Method":     text,
	"Transaction.RequestURI": uri,
	"Transaction.Reason":     text,
	"Transaction.Src":        address,
	"Transaction.Dst":        address,
	"Transaction.UserAgent":  text,

	"Failure.Method":     text,
	"Failure.RequestURI": uri,
	"Failure.Reason":     text,
	"Failure.Origin":     address,
	"Failure.Src":        address,
	"Failure.Dst":        address,
	"Failure.Event":      plain,
	"PeerLeg.Peer":       plain, // a name from the configuration

	"TLS.Src":        address,
	"TLS.Dst":        address,
	"TLS.ServerName": address,
	"TLS.Protocol":   plain,
	"TLS.Version":    plain,
	"TLS.Subject":    text,

	"Cause.Source":         plain,
	"Cause.Code":           text,
	"Cause.Text":           text,
	"Cause.Origin":         address,
	"Cause.Explanation":    text,
	"Evidence.What":        text,
	"Related.Reason":       text,
	"ServiceEvidence.What": text,
	"Hold.By":              plain,

	"Alert.Rule":     plain,
	"Alert.Type":     plain,
	"Alert.Severity": plain,
	"Alert.State":    plain,
	"Alert.Summary":  text,
	"Alert.TopPeers": text, // the names that are counted: of peers, or addresses
	"Alert.Samples":  callID,
	"Alert.Pcap":     plain,

	"Alert.Origin":      text,     // a peer, which is a name of the configuration, or an address
	"Alert.LikelyCause": personal, // a diagnosis may quote names, which an alert does not have apart
	"Alert.LookAt":      text,
	"Alert.Command":     text,
	"Alert.RunbookURL":  plain, // of the configuration
	"Alert.PageURL":     plain,
	"Alert.PcapURL":     plain,

	"Symptom.Rule":     plain,
	"Symptom.Severity": plain,
	"Symptom.State":    plain,
	"Symptom.Summary":  text,

	"Label.Name":  plain,
	"Label.Value": text,

	"Count.Name":      plain,
	"Servers.Busiest": address,
}

// layouts holds the classes of the fields of the structs that were used so far, by type.
var layouts sync.Map

// classesOf returns the class of each field of a struct.
func classesOf(t reflect.Type) []class {
	if l, ok := layouts.Load(t); ok {
		return l.([]class)
	}
	l := make([]class, t.NumField())
	for i := range l {
		l[i] = classes[t.Name()+"."+t.Field(i).Name]
	}
	layouts.Store(t, l)
	return l
}

// activities are the activities of RFC 4480 section 3.2, and other common ones. All others were written by a person.
var activities = map[string]bool{
	"appointment": true, "away": true, "be-right-back": true, "breakfast": true, "busy": true, "dinner": true, "do-not-disturb": true,
	"holiday": true, "idle": true, "in-a-call": true, "in-a-conference": true, "in-a-meeting": true, "in-transit": true, "inactive": true,
	"looking-for-work": true, "lunch": true, "meal": true, "meeting": true, "offline": true, "on-the-phone": true, "other": true,
	"out-of-office": true, "out-to-lunch": true, "performance": true, "permanent-absence": true, "playing": true, "presentation": true,
	"shopping": true, "sleeping": true, "spectator": true, "steering": true, "travel": true, "tv": true, "unknown": true, "vacation": true,
	"working": true, "worship": true, "available": true, "available-idle": true, "busy-idle": true,
}
