package record

// Presence is what bodies said of one presentity.
type Presence struct {
	Entity     string
	Basic      string   // "open", "closed"
	Activities []string // of RPID, such as "on-the-phone"
	Note       string
	Changes    int  // from open to closed and back; of a subscription
	Flapping   bool // more changes in a short time than anybody wants; of a subscription
}

// Resources is what was asked and told about the resources of a list (RFC 4662, RFC 5367, Microsoft's batches).
type Resources struct {
	Requested int     // named in the SUBSCRIBE
	Notified  int     // told of in notifications
	States    []Count // by the state of their subscription; "unknown" while the server has none
	Basic     []Count // by the last basic status
	Changes   int     // of basic status, all together
	Flapping  int     // of those that are notified
}

// DialogState is what bodies of the dialog package said (RFC 4235).
type DialogState struct {
	State   string // the most of all dialogs: confirmed, early, proceeding, trying, terminated; "none" when there is none
	Changes int
}

// MessagesWaiting is what bodies of the message-summary package said (RFC 3842).
type MessagesWaiting struct {
	Waiting  bool
	New, Old int // of all message classes
	Changes  int // of Waiting
}

// Bindings is what bodies of the reg package said (RFC 3680).
type Bindings struct {
	Active  int // contacts that are registered
	Changes int // notifications that changed the set
}

// Watchers is what bodies of the winfo packages said (RFC 3858).
type Watchers struct {
	Active, Pending int
	Changes         int
}

// Conference is what bodies of the conference package said (RFC 4575).
type Conference struct {
	Users   int // that are connected
	Changes int
}
