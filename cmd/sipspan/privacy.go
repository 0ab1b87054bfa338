package main

import (
	"fmt"

	"sipspan/record/privacy"
)

// openVeil reads the key of the pseudonyms, if there are any. A key that is missing is a fault of the configuration.
func openVeil(c privacy.Config) (*privacy.Veil, error) {
	veil, err := privacy.New(c)
	if err != nil {
		return nil, &usageError{err: fmt.Errorf("privacy: %w", err)}
	}
	return veil, nil
}
