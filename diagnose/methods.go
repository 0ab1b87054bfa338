package diagnose

// methodStatuses say what a status code means for one method, where that is more than it means by itself.
var methodStatuses = [...]struct {
	code            int
	method          string
	because, action string
}{
	{301, "REGISTER", "the registrar has moved", "enter the new registrar at the device"},
	{302, "REGISTER", "the device is sent to another registrar", ""},
	{302, "INVITE", "the call is deflected to another address", ""},
	{303, "INVITE", "the call is deflected to another address", ""},

	{403, "REGISTER", "the registrar does not allow it: a wrong password, a locked account or a device that is not allowed",
		"check account, password and the registrar's access lists"},
	{403, "INVITE", "the call is not allowed", "check the caller's rights to that destination, the trunk's access list and the caller number"},
	{403, "SUBSCRIBE", "the user does not allow this watcher", "check the presence rules of the one who is watched"},
	{403, "MESSAGE", "messages to that user are not allowed", "check the rights of the sender"},
	{403, "PUBLISH", "the user may not publish for that address", "check that From is the user's own address"},
	{403, "REFER", "the transfer is not allowed", "check the transfer rights of the user"},
	{403, "SERVICE", "the server does not allow that service to the user", "check the policies of the user"},

	{404, "REGISTER", "the account does not exist at the registrar", "check user name and domain of the device"},
	{404, "INVITE", "the number or user that was called does not exist", "check the number that was dialled, and routes and translations of {origin}"},
	{404, "SUBSCRIBE", "the one who is watched does not exist", "remove the entry from the contact list"},
	{404, "MESSAGE", "the recipient does not exist", "check the recipient's address"},
	{404, "PUBLISH", "the server has no presence for that address", "check the domain's presence service"},
	{404, "OPTIONS", "the address it asks does not exist; as a keep-alive this still proves that the server is up", ""},
	{404, "REFER", "the one who is to be transferred cannot be found", "check Refer-To"},

	{405, "REGISTER", "that server is no registrar", "enter the registrar's address at the device"},
	{405, "SUBSCRIBE", "the server knows no subscriptions", "turn the subscription off at the device"},
	{405, "PUBLISH", "the server takes no publications", "turn presence publication off at the device"},
	{405, "OPTIONS", "the server does not answer keep-alives of this kind; it is up all the same", ""},

	{408, "REGISTER", "the registrar gave up waiting for a server behind it", "look at the servers behind {origin}"},
	{408, "INVITE", "nobody answered in time: the element gave up waiting", "check whether the device that was called is reachable from {origin}"},
	{408, "BYE", "the other side of the call did not answer any more", "check whether the device lost its network during the call"},
	{408, "NOTIFY", "the subscriber cannot be reached, so the subscription ends", "check the subscriber's Contact and its connection"},
	{408, "MESSAGE", "the recipient cannot be reached", "check whether the recipient's device is up"},

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
	{480, "SUBSCRIBE", "the one who is watched is not available", "check whether the device is registered"},
	{480, "NOTIFY", "the subscriber is not available", "check whether the subscriber's device is up"},

	{481, "BYE", "the other side does not know the call any more: it had ended there", "look for a lost BYE or an expired session timer"},
	{481, "CANCEL", "there is no such INVITE any more: the CANCEL crossed the final response", ""},
	{481, "NOTIFY", "the subscriber does not know the subscription, so the notifier must end it", "check whether the device was restarted"},
	{481, "SUBSCRIBE", "the server does not know the subscription that was to be refreshed", "let the device subscribe anew; check whether the server was restarted"},
	{481, "INVITE", "the other side does not know the call that was to be changed", "look for a lost BYE or a restart of {origin}"},
	{481, "UPDATE", "the other side does not know the call that was to be changed", "look for a lost BYE or a restart of {origin}"},
	{481, "PRACK", "the provisional response it acknowledges is not known", "check forking and 100rel of {origin}"},
	{481, "REFER", "the call that was to be transferred is not known any more", "look for a lost BYE or a restart of {origin}"},
	{481, "INFO", "the call it belongs to is not known any more", "look for a lost BYE or a restart of {origin}"},

	{486, "INVITE", "the one who was called is busy", ""},
	{486, "MESSAGE", "the recipient does not want to be disturbed", ""},

	{487, "INVITE", "the caller gave up, or the call was answered elsewhere", ""},

	{488, "INVITE", "the session that the call offers is not acceptable there", "compare codecs, transport and encryption of both sides"},
	{488, "UPDATE", "the change of the session is not acceptable there", "compare codecs, transport and encryption of both sides"},

	{489, "NOTIFY", "the device did not subscribe for this event package", "turn unsolicited notification off at the server that sends it, or support the package at {origin}"},

	{491, "INVITE", "both sides changed the call at the same time", "look for a device that does not try again a little later"},
	{491, "UPDATE", "both sides changed the call at the same time", "look for a device that does not try again a little later"},

	{500, "REGISTER", "the registrar failed, often at its database", "look at the log of {origin}"},
	{500, "INVITE", "the server failed while it set the call up", "look at the log of {origin}"},
	{501, "OPTIONS", "the server does not know OPTIONS; as a keep-alive this still proves that it is up", ""},

	{503, "REGISTER", "the registrar is overloaded, in maintenance, or cannot reach its database", "check the load of {origin}"},
	{503, "INVITE", "no trunk, gateway or server was free for the call", "check the trunks and gateways behind {origin} and their load"},
	{503, "OPTIONS", "the server says that it takes no traffic at present", "check whether {origin} is in maintenance"},
	{504, "INVITE", "a server on the way waited in vain for another one", "check DNS and connections of {origin} to the next domain"},
	{504, "SUBSCRIBE", "the server of the one who is watched cannot be reached", "check DNS and connections of {origin} to the other domain"},
	{504, "MESSAGE", "the recipient's server cannot be reached", "check DNS and connections of {origin} to the other domain"},

	{603, "INVITE", "the one who was called declined", ""},
	{603, "REFER", "the other side declined the transfer", "check the transfer settings of the device"},
	{603, "SUBSCRIBE", "the one who is watched does not want to be watched", ""},
}
