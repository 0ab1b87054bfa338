package privacy

// CallID returns a Call-ID as the configuration allows it to be shown.
func (v *Veil) CallID(s string) string { return v.callID(s) }

// Address returns an address and port as the configuration allows it to be shown, "" when it is hidden.
func (v *Veil) Address(s string) string {
	if s == "" || v.config.clear() {
		return s
	}
	return v.address(s)
}

// Domain returns the host of a URI as the configuration allows it to be shown, "" when it is hidden.
func (v *Veil) Domain(s string) string {
	if s == "" || v.config.clear() {
		return s
	}
	return v.host(s)
}

// UserAgent returns a User-Agent as the configuration allows it to be shown, "" when it is hidden.
func (v *Veil) UserAgent(s string) string {
	if s == "" || v.config.clear() {
		return s
	}
	return v.text(s, &identities{})
}
