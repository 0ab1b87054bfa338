package record

// Presence is what the bodies reported of one presentity.
type Presence struct {
	Entity     string
	Basic      string   // "open", "closed"
	Activities []string // of RPID, such as "on-the-phone"
	Note       string
	Changes    int  // between open and closed; of a subscription
	Flapping   bool // more than flap_changes within flap_window; of a subscription
}

// Resources is what was requested and notified of the resources of a list (RFC 4662, RFC 5367, Microsoft's batches).
type Resources struct {
	Requested int     // named in the SUBSCRIBE
	Notified  int     // named in notifications
	States    []Count // by the state of their subscription; "unknown" while the server has none
	Basic     []Count // by the last basic status
	Changes   int     // of basic status, of all resources
	Flapping  int     // of those that are notified
}

// DialogState is what bodies of the dialog package reported (RFC 4235).
type DialogState struct {
	State   string // the most advanced one of all dialogs: confirmed, early, proceeding, trying, terminated; "none" without a dialog
	Changes int
}

// MessagesWaiting is what bodies of the message-summary package reported (RFC 3842).
type MessagesWaiting struct {
	Waiting  bool
	New, Old int // of all message classes
	Changes  int // of Waiting
}

// Bindings is what bodies of the reg package reported (RFC 3680).
type Bindings struct {
	Active  int // contacts that are registered
	Changes int // notifications that changed the set
}

// Watchers is what bodies of the winfo packages reported (RFC 3858).
type Watchers struct {
	Active, Pending int
	Changes         int
}

// Conference is what bodies of the conference package reported (RFC 4575).
type Conference struct {
	Users   int // connected users
	Changes int
}
