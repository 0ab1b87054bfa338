package privacy

// CallID returns a Call-ID as it may be shown.
func (v *Veil) CallID(s string) string { return v.callID(s) }

// Domain returns the host of a URI as it may be shown, "" for not at all.
func (v *Veil) Domain(s string) string {
	if s == "" || v.config.clear() {
		return s
	}
	return v.host(s)
}

// UserAgent returns a User-Agent as it may be shown, "" for not at all.
func (v *Veil) UserAgent(s string) string {
	if s == "" || v.config.clear() {
		return s
	}
	return v.text(s, &identities{})
}
