package diagnose

// statuses are the registered response codes, and a few that are in use without, in ascending order. A code without a
// clause is no failure or has diagnoses of its own in every case.
var statuses = [...]struct {
	code            int
	name            string
	because, action string // a main clause, and what to do
}{
	{100, "Trying", "", ""},
	{180, "Ringing", "", ""},
	{181, "Call Is Being Forwarded", "", ""},
	{182, "Queued", "", ""},
	{183, "Session Progress", "", ""},
	{199, "Early Dialog Terminated", "", ""},
	{200, "OK", "", ""},
	{202, "Accepted", "", ""},
	{204, "No Notification", "", ""},

	{300, "Multiple Choices", "there are several places to try", ""},
	{301, "Moved Permanently", "the address has moved for good", "enter the new address of Contact where the old one is stored"},
	{302, "Moved Temporarily", "it is to be tried at another address", ""},
	{303, "See Other", "it is to be sent elsewhere", ""},
	{305, "Use Proxy", "it has to go through another proxy", "set the proxy of Contact as next hop"},
	{380, "Alternative Service", "another service is offered in its place", ""},

	{400, "Bad Request", "the request is malformed for that element", "compare the request with what {origin} expects; the phrase often names the header field"},
	{401, "Unauthorized", "", ""},
	{402, "Payment Required", "the account does not allow it", "check credit and contract of the account"},
	{403, "Forbidden", "it is not allowed there", "check the rights of the sender and the access lists of {origin}"},
	{404, "Not Found", "what it is addressed to is not known there", "check its address, and users and routes of {origin}"},
	{405, "Method Not Allowed", "the method is not allowed there", "turn the feature off that sends it, or allow it at {origin}"},
	{406, "Not Acceptable", "the answer would not fit what the request accepts", "check Accept of the request"},
	{407, "Proxy Authentication Required", "", ""},
	{408, "Request Timeout", "the element gave up waiting for somebody further on", "look for the hop behind {origin} that does not answer"},
	{409, "Conflict", "the request is in conflict with another one", "check whether several devices use the account"},
	{410, "Gone", "what it is addressed to is no longer there", "remove the entry"},
	{411, "Length Required", "Content-Length is missing", "check which element drops Content-Length"},
	{412, "Conditional Request Failed", "the state it refers to does not exist any more", "let the sender begin anew without SIP-If-Match"},
	{413, "Request Entity Too Large", "the body is too large", "reduce the body or raise the limit of {origin}"},
	{414, "Request-URI Too Long", "the Request-URI is too long", "check which element makes the Request-URI grow"},
	{415, "Unsupported Media Type", "the type of the body is not supported", "check Content-Type and Content-Encoding of the request"},
	{416, "Unsupported URI Scheme", "the scheme of the Request-URI is not supported", "use sip: in place of tel: or sips:, or the other way round"},
	{417, "Unknown Resource-Priority", "the priority namespace is not known", "check Resource-Priority of the sender"},
	{420, "Bad Extension", "it requires an extension that is not supported", "check Require and Proxy-Require of the sender"},
	{421, "Extension Required", "it lacks an extension that is required", "check Supported of the sender"},
	{422, "Session Interval Too Small", "its session interval is too short", "raise Session-Expires of the sender"},
	{423, "Interval Too Brief", "it asks for too short a time", "raise the expiry time of the device"},
	{424, "Bad Location Information", "its location information is missing or bad", "check Geolocation of the sender"},
	{425, "Bad Alert Message", "the alert in its body cannot be used", "check the alert of the sender"},
	{428, "Use Identity Header", "the caller's identity is not signed", "let the originating network sign calls (Identity)"},
	{429, "Provide Referrer Identity", "the identity of the one who transfers is missing", "send a signed Referred-By"},
	{430, "Flow Failed", "the connection to the device is broken", "let the device register again; check its keep-alives"},
	{433, "Anonymity Disallowed", "anonymous requests are not accepted", "send the caller's number"},
	{436, "Bad Identity Info", "the certificate of the caller's signature could not be fetched", "check the info parameter of Identity"},
	{437, "Unsupported Credential", "the certificate of the caller's signature was not accepted", "check the signing certificate and its issuer"},
	{438, "Invalid Identity Header", "the caller's signature is not valid", "check which element changes From, To or Date behind the signer"},
	{439, "First Hop Lacks Outbound Support", "the first proxy does not support outbound", "turn outbound off at the device or on at the proxy"},
	{440, "Max-Breadth Exceeded", "it would be forked more often than is allowed", "check forking for a loop"},
	{469, "Bad Info Package", "the Info package is not supported there", "check Recv-Info of the other side"},
	{470, "Consent Needed", "the recipients have not consented", "obtain consent for the list"},
	{480, "Temporarily Unavailable", "the other side is not available at present", "check whether the device is registered and reachable"},
	{481, "Call/Transaction Does Not Exist", "the element does not know the dialog or transaction", "check whether {origin} was restarted, and whether the request reached the right one"},
	{482, "Loop Detected", "", ""},
	{483, "Too Many Hops", "", ""},
	{484, "Address Incomplete", "the address is incomplete", "check the address it is sent to"},
	{485, "Ambiguous", "the address fits several users", "dial the full address"},
	{486, "Busy Here", "the other side is busy", ""},
	{487, "Request Terminated", "it was ended before it was answered", ""},
	{488, "Not Acceptable Here", "it is not acceptable there", "look at the log of {origin}"},
	{489, "Bad Event", "the event package is not supported there", "turn the feature off that asks for it"},
	{491, "Request Pending", "another request is still open there", "look for a device that does not try again a little later"},
	{493, "Undecipherable", "its body could not be decrypted", "check the certificates for S/MIME"},
	{494, "Security Agreement Required", "a security mechanism has to be agreed first", "check Security-Client of the device and IPsec at the proxy"},

	{500, "Server Internal Error", "the element failed internally", "look at the log of {origin}"},
	{501, "Not Implemented", "the method is not known there", "turn the feature off that sends it"},
	{502, "Bad Gateway", "the element got a bad answer from further on", "look at the element behind {origin}"},
	{503, "Service Unavailable", "the element is overloaded, in maintenance, or cannot reach what it needs", "check the load of {origin} and the servers behind it"},
	{504, "Server Time-out", "the element waited in vain for another one further on, such as DNS or the next domain", "check DNS and connections of {origin}"},
	{505, "Version Not Supported", "the SIP version is not supported", "check which element sends it"},
	{513, "Message Too Large", "the message is too large", "reduce codecs and header fields, or raise the limit of {origin}"},
	{555, "Push Notification Service Not Supported", "the push service of the device is not supported", "check the pn-provider of the app and the proxy's push services"},
	{580, "Precondition Failure", "a precondition such as reserved bandwidth could not be met", "check resource reservation on both sides"},

	{600, "Busy Everywhere", "the other side is busy everywhere", ""},
	{603, "Decline", "it was declined", ""},
	{604, "Does Not Exist Anywhere", "what it is addressed to does not exist anywhere", "check its address"},
	{606, "Not Acceptable", "it is not acceptable in this form", "look at the log of {origin}"},
	{607, "Unwanted", "it is unwanted there", "check why the sender is seen as a nuisance"},
	{608, "Rejected", "an analytics service on the way rejected it", "contact the service that Call-Info of the response names"},
}

// methodStatus is the meaning of a status code for one kind of request: a method, a method with its event package, or a
// kind of dialogStatuses.
type methodStatus struct {
	code            int
	kind            string
	because, action string
}

// methodStatuses are the meanings of status codes for one method, where they are more than the general ones. For methods
// that are sent inside and outside of dialogs they hold outside.
var methodStatuses = []methodStatus{
	{301, "REGISTER", "the registrar has moved", "enter the new registrar at the device"},
	{302, "REGISTER", "the device is sent to another registrar", ""},
	{302, "INVITE", "the call is deflected to another address", ""},
	{303, "INVITE", "the call is deflected to another address", ""},

	{403, "REGISTER", "the registrar does not allow it: a wrong password, a locked account or a device that is not allowed",
		"check account, password and the registrar's access lists"},
	{403, "INVITE", "the call is not allowed", "check the caller's rights to that destination, the trunk's access list and the caller number"},
	{403, "SUBSCRIBE", "the subscription is not allowed", "check the rights of the subscriber at {origin}"},
	{403, "SUBSCRIBE presence", "this watcher is not allowed", "check the presence rules of the one who is watched, and the account of the watcher"},
	{403, "SUBSCRIBE message-summary", "the device may not ask for that mailbox", "check the account of the device and its mailbox"},
	{403, "MESSAGE", "messages to that user are not allowed", "check the rights of the sender"},
	{403, "PUBLISH", "the user may not publish for that address", "check that From is the user's own address"},
	{403, "REFER", "the transfer is not allowed", "check the transfer rights of the user"},
	{403, "SERVICE", "the server does not allow that service to the user", "check the policies of the user"},

	{404, "REGISTER", "the account does not exist at the registrar", "check user name and domain of the device"},
	{404, "INVITE", "the number or user that was called does not exist", "check the number that was dialled, and routes and translations of {origin}"},
	{404, "SUBSCRIBE", "what is subscribed to does not exist there", "check the address that is subscribed to"},
	{404, "SUBSCRIBE presence", "the one who is watched does not exist there", "remove the entry from the contact list"},
	{404, "SUBSCRIBE dialog", "the line that is watched does not exist there", "check the keys of the device that show other lines"},
	{404, "SUBSCRIBE message-summary", "there is no such mailbox", "create the mailbox, or turn message waiting off at the device"},
	{404, "MESSAGE", "the recipient does not exist", "check the recipient's address"},
	{404, "PUBLISH", "the address it publishes for is not known there", "check the address and the domain's presence service"},
	{404, "OPTIONS", "the address it asks does not exist; as a keep-alive this still proves that the server is up", ""},
	{404, "REFER", "the one who is to be transferred to cannot be found", "check Refer-To"},
	{404, "NOTIFY", "the subscriber is not known there", "check Contact of the subscription"},

	{405, "REGISTER", "that server is no registrar", "enter the registrar's address at the device"},
	{405, "SUBSCRIBE", "subscriptions are not allowed there", "turn the subscription off at the device"},
	{405, "PUBLISH", "publications are not allowed there", "turn publication off at the device"},
	{405, "OPTIONS", "the server does not answer keep-alives of this kind; it is up all the same", ""},

	{408, "REGISTER", "the registrar gave up waiting for a server behind it", "look at the servers behind {origin}"},
	{408, "INVITE", "no answer came in time: the element gave up waiting", "look for what did not answer behind {origin}"},
	{408, "BYE", "the other side of the call did not answer any more", "check whether the device lost its network during the call"},
	{408, "NOTIFY", "the subscriber cannot be reached", "check the subscriber's Contact and its connection"},
	{408, "MESSAGE", "the recipient cannot be reached", "check whether the recipient's device is up"},

	{410, "INVITE", "the number or user that was called is no longer there, without a new address", "remove the entry"},

	{412, "PUBLISH", "the entity tag is not known to the server any more, so the publication has expired or the server lost it",
		"let the device publish anew; check that it refreshes in time"},
	{412, "SUBSCRIBE", "the entity tag is not known to the server any more", "let the device subscribe anew"},

	{415, "MESSAGE", "the recipient cannot read this kind of message", "send text/plain"},
	{415, "INFO", "the other side does not take this kind of INFO, often DTMF", "use DTMF in RTP (RFC 4733)"},

	{423, "REGISTER", "the device asks for a registration shorter than the registrar allows", "raise the registration time of the device"},
	{423, "SUBSCRIBE", "the device asks for a subscription shorter than the server allows", "raise the subscription time of the device"},
	{423, "PUBLISH", "the device publishes for a shorter time than the server allows", "raise the publication time of the device"},

	{480, "INVITE", "the one who was called is not available: not registered, not reachable, or nobody answered",
		"check whether the called device is registered and reachable for {origin}, and not set to do not disturb"},
	{480, "MESSAGE", "the recipient is not available", "check whether the recipient's device is registered"},
	{480, "SUBSCRIBE presence", "the one who is watched is not available", "check whether the device is registered"},
	{480, "NOTIFY", "the subscriber is not available", "check whether the subscriber's device is up"},

	{481, "BYE", "the other side does not know the call any more: it had ended there", "look for a lost BYE or an expired session timer"},
	{481, "CANCEL", "there is no such INVITE any more: the CANCEL crossed the final response", ""},
	{481, "NOTIFY", "the subscriber does not know the subscription, so the notifier must end it", "check whether the device was restarted"},
	{481, "INVITE", "the element does not know the call or the transaction that it belongs to", "look for a lost BYE or a restart of {origin}"},
	{481, "UPDATE", "the other side does not know the call that was to be changed", "look for a lost BYE or a restart of {origin}"},
	{481, "PRACK", "the provisional response it acknowledges is not known", "check forking and 100rel of {origin}"},
	{481, "REFER", "the call that was to be transferred is not known any more", "look for a lost BYE or a restart of {origin}"},
	{481, "INFO", "the call it belongs to is not known any more", "look for a lost BYE or a restart of {origin}"},

	{484, "INVITE", "the number is incomplete", "check the dial plan: the number is sent before it is complete"},

	{486, "INVITE", "the one who was called is busy", ""},
	{486, "MESSAGE", "the recipient is busy or does not want to be disturbed", ""},

	{487, "INVITE", "the caller gave up, or the call was answered elsewhere", ""},

	{488, "INVITE", "the session of the call is not acceptable there", "compare codecs, transport and encryption of both sides"},
	{488, "UPDATE", "the change of the session is not acceptable there, so it stays as it was", "compare codecs, transport and encryption of both sides"},

	{489, "NOTIFY", "the device did not subscribe for this event package", "turn unsolicited notification off at the server that sends it, or support the package at {origin}"},
	{489, "PUBLISH", "the event package is not supported there", "turn publication off at the device"},

	{491, "UPDATE", "both sides changed the session at the same time, and this change was not tried again", "look for a device that does not try again a little later"},

	{500, "REGISTER", "the registrar failed, often at its database", "look at the log of {origin}"},
	{500, "INVITE", "the element failed while it set the call up", "look at the log of {origin}"},
	{501, "OPTIONS", "OPTIONS is not known there; as a keep-alive this still proves that the server is up", ""},

	{503, "REGISTER", "the registrar is overloaded, in maintenance, or cannot reach its database", "check the load of {origin}"},
	{503, "INVITE", "the element is overloaded or in maintenance, or no trunk or server behind it was free",
		"check the load of {origin}, and the trunks and servers behind it"},
	{503, "OPTIONS", "the server says that it takes no traffic at present", "check whether {origin} is in maintenance"},
	{504, "INVITE", "the element waited in vain for another one further on", "check DNS and connections of {origin} to the next domain"},
	{504, "SUBSCRIBE", "the server of what is subscribed to cannot be reached", "check DNS and connections of {origin} to the other domain"},
	{504, "MESSAGE", "the recipient's server cannot be reached", "check DNS and connections of {origin} to the other domain"},

	{600, "INVITE", "the one who was called is busy on all devices", ""},
	{603, "INVITE", "the call was declined, by the one who was called or by a service that answers for them", ""},
	{603, "UPDATE", "the other side declined the change of the session, which stays as it was", "compare what was to be changed with what {origin} accepts"},
	{603, "REFER", "the other side declined the transfer", "check the transfer settings of the device"},
	{603, "SUBSCRIBE", "the subscription was declined", "check the rights of the subscriber at {origin}"},
	{603, "SUBSCRIBE presence", "the one who is watched does not want to be watched", ""},
	{604, "INVITE", "the number or user that was called does not exist anywhere", "check the address that was dialled"},
	{606, "INVITE", "the one who was called wants to talk but not in this form", "compare codecs and bandwidth of both sides"},
	{607, "INVITE", "the one who was called marked the call as unwanted", "check why the calling number is seen as a nuisance"},
}

// dialogStatuses are the meanings of status codes for requests inside a dialog, where nobody is called, looked up or
// invited: both sides have agreed to talk. "re-INVITE" and "re-SUBSCRIBE" are those methods inside a dialog, "dialog" is
// any request there. A session that could not be changed stays as it was (RFC 3261 section 14.1).
var dialogStatuses = []methodStatus{
	{403, anyInside, "the other side does not allow this request in the dialog", "check what {origin} allows"},
	{403, "re-INVITE", "the other side does not allow the session to be changed, which stays as it was", "compare what was to be changed with what {origin} allows"},
	{403, "re-SUBSCRIBE", "the subscription may not be refreshed", "check the rights of the subscriber at {origin}"},

	{404, anyInside, "the element does not know the address of the other side of the dialog",
		"check Contact and Record-Route of the dialog, and whether {origin} was restarted"},
	{404, "re-SUBSCRIBE", "what is subscribed to is not known there any more", "let the device subscribe anew"},

	{408, anyInside, "the other side of the dialog did not answer any more", "check whether that device lost its network"},

	{410, anyInside, "the other side of the dialog is no longer at its address", "check Contact of the dialog, and whether that device has moved"},

	{480, anyInside, "the other side of the dialog does not take the request at present", "check whether that device lost its network or its registration"},

	{481, anyInside, "the element does not know the dialog", "look for a lost BYE or a restart of {origin}"},
	{481, "re-INVITE", "the other side does not know the call that was to be changed", "look for a lost BYE or a restart of {origin}"},
	{481, "re-SUBSCRIBE", "the server does not know the subscription that was to be refreshed", "let the device subscribe anew; check whether the server was restarted"},

	{484, anyInside, "the element takes the address of the other side of the dialog for incomplete", "check Contact and Record-Route of the dialog"},

	{486, anyInside, "the other side is busy with something else", ""},
	{486, "re-INVITE", "the other side does not take the change of the session at present, which stays as it was", ""},

	{487, "re-INVITE", "the change was cancelled, or the call ended before it was answered", ""},

	{488, "re-INVITE", "the change of the session is not acceptable there, so it stays as it was", "compare codecs, transport and encryption of both sides"},

	{491, "re-INVITE", "both sides changed the session at the same time, and this change was not tried again", "look for a device that does not try again a little later"},

	{500, anyInside, "the element failed internally", "look at the log of {origin}"},
	{503, anyInside, "the element cannot take the request at present", "check the load of {origin} and what it is connected to"},
	{504, anyInside, "the element waited in vain for another one further on", "check the connections of {origin}"},

	{600, anyInside, "the other side is busy", ""},
	{603, anyInside, "the other side declined the request", ""},
	{603, "re-INVITE", "the other side declined the change of the session, which stays as it was", "compare what was to be changed with what {origin} accepts"},
	{603, "re-SUBSCRIBE", "the subscription may not be refreshed", "check the rights of the subscriber at {origin}"},
	{604, anyInside, "the address of the other side of the dialog does not exist", "check Contact and Record-Route of the dialog"},
	{606, anyInside, "the request is not acceptable to the other side in this form", "look at the log of {origin}"},
	{606, "re-INVITE", "the change of the session is not acceptable there, so it stays as it was", "compare codecs, bandwidth and encryption of both sides"},
}
