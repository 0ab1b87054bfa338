package diagnose

import (
	"fmt"
	"strconv"
)

// q850Cause is a cause of ITU-T Q.850.
type q850Cause struct {
	number int
	name   string // as the ITU calls it
	// because fits behind "because"; a cause without it says nothing: calls end that way.
	because, action string
}

// q850Causes is in ascending order.
var q850Causes = [...]q850Cause{
	{1, "Unallocated (unassigned) number", "the number is not assigned", "check the number that was dialled"},
	{2, "No route to specified transit network", "the carrier that was chosen is not known", "check the carrier selection of the route"},
	{3, "No route to destination", "the network has no route to the number", "check the route and that the trunk may reach that destination"},
	{4, "Send special information tone", "the number cannot be reached for a lasting reason", "check the number that was dialled"},
	{5, "Misdialled trunk prefix", "the trunk prefix is wrong", "check the number manipulation of the route"},
	{6, "Channel unacceptable", "the channel cannot be used", "check the channel settings of both ends of the trunk"},
	{7, "Call awarded and being delivered in an established channel", "the call was put into a channel that exists", ""},
	{8, "Preemption", "the call had to give way to one of higher priority", ""},
	{9, "Preemption - circuit reserved for reuse", "the circuit is kept for a call of higher priority", ""},
	{14, "QoR: ported number", "the number was ported to another network", "route the number to its new network"},
	{16, "Normal call clearing", "", ""},
	{17, "User busy", "the line is busy", ""},
	{18, "No user responding", "the device did not react to the call", "check whether the device is on and reachable"},
	{19, "No answer from user (user alerted)", "nobody answered", ""},
	{20, "Subscriber absent", "the subscriber is switched off or out of coverage", "try again later"},
	{21, "Call rejected", "the call was rejected", "check blocking lists and anonymous call rejection at the destination"},
	{22, "Number changed", "the number has changed", "find the new number"},
	{23, "Redirection to new destination", "the call is redirected", ""},
	{24, "Call rejected due to feature at the destination", "a feature at the destination rejected it",
		"check blocking lists and anonymous call rejection at the destination"},
	{25, "Exchange routing error", "the exchange could not route it, perhaps in a loop", "check the routing tables for a loop"},
	{26, "Non-selected user clearing", "the call was answered elsewhere", ""},
	{27, "Destination out of order", "the line of the destination is out of order", "report the line to its carrier"},
	{28, "Invalid number format (address incomplete)", "the number is incomplete or in the wrong form", "check the number format of the trunk"},
	{29, "Facility rejected", "the network refused a supplementary service", "check which service the call asks for"},
	{30, "Response to STATUS ENQUIRY", "a status was asked for", ""},
	{31, "Normal, unspecified", "", ""},
	{34, "No circuit/channel available", "all circuits to the destination are taken", "check the load of the trunk and add channels"},
	{38, "Network out of order", "the network is out of order", "report it to the carrier"},
	{39, "Permanent frame mode connection out of service", "the permanent connection is out of service", "report it to the carrier"},
	{40, "Permanent frame mode connection operational", "the permanent connection is in operation", ""},
	{41, "Temporary failure", "the network had a passing fault", "try again; report it to the carrier if it stays"},
	{42, "Switching equipment congestion", "the exchange is overloaded", "spread the load or try again later"},
	{43, "Access information discarded", "the network could not deliver some of the information", "check what the call carries along"},
	{44, "Requested circuit/channel not available", "the other side does not offer the circuit that was chosen",
		"check the channel settings of both ends of the trunk"},
	{46, "Precedence call blocked", "no circuit could be freed for a call of this priority", ""},
	{47, "Resource unavailable, unspecified", "a resource is missing", "check the load of the gateway: channels, transcoders, licences"},
	{49, "Quality of service not available", "the quality that was asked for is not available", "check the link's bandwidth"},
	{50, "Requested facility not subscribed", "the line has not subscribed to the service", "order the service from the carrier"},
	{53, "Outgoing calls barred within CUG", "the closed user group bars outgoing calls", "check the rights of the line"},
	{55, "Incoming calls barred within CUG", "the closed user group bars incoming calls", "check the rights of the line"},
	{57, "Bearer capability not authorized", "the line may not use this kind of call", "check what the line may use with the carrier"},
	{58, "Bearer capability not presently available", "this kind of call is not available at present", "try again later"},
	{62, "Inconsistency in designated outgoing access information and subscriber class", "outgoing access does not fit the subscriber's class",
		"check the rights of the line"},
	{63, "Service or option not available, unspecified", "the service is not available", "check what the line may use with the carrier"},
	{65, "Bearer capability not implemented", "the network does not support this kind of call", "offer plain audio, such as G.711"},
	{66, "Channel type not implemented", "the network does not support this kind of channel", "check the channel settings of the trunk"},
	{69, "Requested facility not implemented", "the network does not support the service", "check which service the call asks for"},
	{70, "Only restricted digital information bearer capability is available", "only restricted digital calls are possible",
		"check the bearer settings of the trunk"},
	{79, "Service or option not implemented, unspecified", "the network does not support the service", "check which service the call asks for"},
	{81, "Invalid call reference value", "the call is not known there", "check whether the gateway was restarted"},
	{82, "Identified channel does not exist", "the channel does not exist", "check the channel settings of both ends of the trunk"},
	{83, "A suspended call exists, but this call identity does not", "no suspended call has that identity", ""},
	{84, "Call identity in use", "the identity of the suspended call is taken", ""},
	{85, "No call suspended", "no call is suspended", ""},
	{86, "Call having the requested call identity has been cleared", "the suspended call has ended", ""},
	{87, "User not member of CUG", "the line does not belong to the closed user group", "check the rights of the line"},
	{88, "Incompatible destination", "the destination cannot take this kind of call", "check that voice is not sent to a fax or data line, and the codecs"},
	{90, "Non-existent CUG", "the closed user group does not exist", "check the rights of the line"},
	{91, "Invalid transit network selection", "the carrier selection is not valid", "check the carrier selection of the route"},
	{95, "Invalid message, unspecified", "a message was not valid", "trace the signalling of the gateway"},
	{96, "Mandatory information element is missing", "a mandatory element is missing", "trace the signalling of the gateway"},
	{97, "Message type non-existent or not implemented", "a message is not supported", "check the protocol variant of the trunk"},
	{98, "Message not compatible with call state or message type non-existent", "a message does not fit the state of the call",
		"check the protocol variant of the trunk"},
	{99, "Information element/parameter non-existent or not implemented", "an element is not supported", "check the protocol variant of the trunk"},
	{100, "Invalid information element contents", "an element holds something that is not valid", "check caller number and number format of the trunk"},
	{101, "Message not compatible with call state", "a message does not fit the state of the call", "check the protocol variant of the trunk"},
	{102, "Recovery on timer expiry", "an answer did not come in time", "look for lost messages between the gateway and the next exchange"},
	{103, "Parameter non-existent or not implemented, passed on", "a parameter is not known", "check the protocol variant of the trunk"},
	{110, "Message with unrecognized parameter, discarded", "a message with an unknown parameter was dropped", "check the protocol variant of the trunk"},
	{111, "Protocol error, unspecified", "the protocol was violated", "trace the signalling of the gateway"},
	{127, "Interworking, unspecified", "a network on the way did not say more", "ask the carrier for the call's trace"},
}

func q850Table() []Diagnosis {
	var all []Diagnosis
	for _, q := range q850Causes {
		if q.because == "" {
			continue
		}
		all = append(all, Diagnosis{
			ID:       "q850_" + strconv.Itoa(q.number),
			Source:   Q850,
			RestsOn:  fmt.Sprintf("Reason: Q.850;cause=%d", q.number),
			Sentence: "{event} because " + q.because + " (Q.850 cause {code}, {text})",
			Action:   q.action,
		})
	}
	return append(all, Diagnosis{"q850_other", Q850, "Reason: Q.850 with any other cause",
		"{event} with Q.850 cause {code}{more}", "ask the carrier what the cause means in its network"})
}

// q850Name returns the ITU's name of a cause, "" when it has none.
func q850Name(number int) string {
	for i := range q850Causes {
		if q850Causes[i].number == number {
			return q850Causes[i].name
		}
	}
	return ""
}
