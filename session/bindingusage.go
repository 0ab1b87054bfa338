package session

// BindingUsage follows registrations and publications, which are one request each.
type BindingUsage struct{ *Table }

// NewBindingUsage returns a usage.
func NewBindingUsage(t *Table) *BindingUsage { return &BindingUsage{t} }
