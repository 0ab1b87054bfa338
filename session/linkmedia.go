package session

import "sipspan/session/media"

// readOffer keeps what two legs of a call have in common when an element between them passes the session description on.
func (l *linkState) readOffer(description []byte) { l.origin, l.media = media.Common(description) }
