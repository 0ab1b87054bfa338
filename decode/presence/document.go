package presence

// Kind is what a document is.
type Kind uint8

// The kinds of document.
const (
	Unknown           Kind = iota
	PIDF                   // application/pidf+xml, with RPID if there is any
	XPIDF                  // application/xpidf+xml, the form of the first drafts
	Presentity             // text/xml+msrtc.pidf
	Categories             // application/msrtc-event-categories+xml
	BatchSubscription      // application/msrtc-adrl-categorylist+xml, the body of a SUBSCRIBE
	DialogInfo             // application/dialog-info+xml
	RegInfo                // application/reginfo+xml
	WatcherInfo            // application/watcherinfo+xml
	ResourceList           // application/rlmi+xml
	MessageSummary         // application/simple-message-summary
	Composing              // application/im-iscomposing+xml
	Conference             // application/conference-info+xml
	AdhocList              // application/resource-lists+xml, the body of a SUBSCRIBE (RFC 5367)
	Fragment               // message/sipfrag
	CallCompletion         // application/call-completion
	NumKinds          = int(iota)
)

var kindNames = [NumKinds]string{
	"unknown", "pidf", "xpidf", "msrtc.pidf", "msrtc-event-categories", "msrtc-adrl-categorylist", "dialog-info", "reginfo",
	"watcherinfo", "rlmi", "simple-message-summary", "im-iscomposing", "conference-info", "resource-lists", "sipfrag",
	"call-completion",
}

// String returns a short name, such as "pidf".
func (k Kind) String() string { return kindNames[k] }

// Basic is whether somebody can be reached (RFC 3863 section 4.1.4).
type Basic uint8

// The basic states. They are ordered so that the greatest of several holds.
const (
	Unset Basic = iota
	Closed
	Open
)

// String returns "open", "closed" or "".
func (b Basic) String() string { return [...]string{"", "closed", "open"}[b] }

// Document is what one body says. What it does not say is zero.
type Document struct {
	Kind       Kind
	Entity     string         // URI that it is about: presentity, dialog owner, message account, list, who is typing
	Basic      Basic          // PIDF, XPIDF, Presentity, Categories: open if anything is open
	Activities []string       // such as "on-the-phone", in their order and each once
	Note       string         // the first note for people
	Partial    bool           // tells only what changed; otherwise it is the full state
	Version    int            // -1 when not told
	States     []State        // one for each tuple, dialog, contact, watcher, resource or category
	Waiting    bool           // MessageSummary: there are messages
	Messages   []MessageCount // MessageSummary: by message class
}

// State is one element of a document.
//
//	              ID            Entity              Value               Detail
//	PIDF          tuple         contact             basic               –
//	Categories    category      –                   availability        –
//	Batch…        –             resource            action              categories
//	DialogInfo    dialog        remote URI          state               direction
//	RegInfo       contact       contact URI         state               event
//	WatcherInfo   watcher       watcher URI         status              event
//	ResourceList  instance      resource            state               reason
//	Composing     –             –                   "active" or "idle"  –
//	Conference    –             user                status              –
//	AdhocList     –             resource            –                   –
//	Fragment      –             –                   status code         reason phrase
//	CallComplet.  –             service URI         state               –
type State struct {
	ID, Entity, Value, Detail string
	ContentID                 string // ResourceList: the part of the multi-part body that holds the instance
	CallID                    string // DialogInfo
}

// MessageCount is one line of a message summary (RFC 3842 section 5.2).
type MessageCount struct {
	Class                string // "voice-message"
	New, Old             int
	NewUrgent, OldUrgent int
}
