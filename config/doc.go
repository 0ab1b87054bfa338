// Package config combines the Config of each package into the whole configuration and loads it.
//
// A setting has one name, such as capture.interfaces, and four places it can come from: a command line flag, the
// environment variable SIPSPAN_CAPTURE_INTERFACES, the YAML file, and the default of the package that owns it, in this
// order of precedence. Load reads them once into a value that is not changed afterwards. Everything that is wrong is
// reported at once, one line each, with its place and what was expected there; nothing is guessed.
//
// Keys describes every setting. The commented file of the service and the page of the manual are written from it.
//
// This is the only package that imports viper.
package config
