package link

// Announcement says something about a session that others may have to do with.
type Announcement struct {
	CallID string
	Call   ID    // the call of the Call-ID, 0 if there is none
	Time   int64 // of the message that shows it
	Fact   Fact
}

// ID names a session in what is announced of it and with its record. One Call-ID never has the same ID twice, and 0 is
// none.
type ID int64

// Fact is what an announcement says: one of the types of this package with that method.
type Fact interface {
	fact()
}

func (Challenge) fact()     {}
func (Credentials) fact()   {}
func (Call) fact()          {}
func (Key) fact()           {}
func (Hold) fact()          {}
func (Resume) fact()        {}
func (OfferMissed) fact()   {}
func (Move) fact()          {}
func (Focus) fact()         {}
func (Music) fact()         {}
func (Refer) fact()         {}
func (ReferJudged) fact()   {}
func (ReferNotified) fact() {}
func (Outcome) fact()       {}
func (End) fact()           {}
func (Watch) fact()         {}
func (Refusal) fact()       {}
func (Presence) fact()      {}
func (NoPresence) fact()    {}
