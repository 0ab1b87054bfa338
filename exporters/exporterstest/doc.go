// Package exporterstest holds what the tests of several exporters share.
package exporterstest
