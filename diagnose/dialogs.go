package diagnose

// dialogStatuses say what a status code means to a request inside a dialog, where nobody is called, looked up or asked to
// come: both sides have agreed to talk. "re-INVITE" and "re-SUBSCRIBE" are those methods inside a dialog, "dialog" is any
// request there. A session that could not be changed stays as it was (RFC 3261 section 14.1).
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
