//go:build !(invariants || race)

package invariants

// Enabled says whether this is a checking build (-race or -tags invariants).
const Enabled = false
