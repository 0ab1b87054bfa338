package diagnose

// methodStatus says what a status code means for one kind of request: a method, a method with its event package, or see
// dialogStatuses.
type methodStatus struct {
	code            int
	kind            string
	because, action string
}

// methodStatuses say what a status code means for one method, where that is more than it means by itself. Those of methods
// that are sent inside and outside of dialogs hold outside.
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
