// Package browser looks at the pages and pictures that sipspan writes as a person does: with Chromium, in several widths, light and dark,
// without script, and on paper.
//
// Its tests have the build tag browser; “make test-browser” runs them and installs Chromium if it is missing.
package browser
