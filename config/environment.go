package config

import (
	"maps"
	"sipspan/internal/suggest"
	"slices"
	"strings"
)

const envPrefix = "SIPSPAN"

// FileVariable names the environment variable that holds the path of the configuration file.
const FileVariable = "SIPSPAN_CONFIG"

// notSettings are variables with the prefix that are not settings.
var notSettings = map[string]bool{
	FileVariable:       true,
	"SIPSPAN_CAPTURES": true, // the folder of captures with known truth, for the tests
}

func envName(key string) string {
	return envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// environment holds the settings found in the environment, by key.
type environment map[string]string

// readEnvironment takes the settings from environ, which has the form of os.Environ. A variable that is empty counts as
// not set. A variable with the prefix that names no setting is a warning and not an error: the environment of the
// process may hold some, such as those of Kubernetes for a service of that name (SIPSPAN_PORT).
func readEnvironment(environ []string) (settings environment, warnings, problems Problems) {
	byEnv := map[string]Key{}
	for _, k := range Keys() {
		byEnv[k.Env()] = k
	}
	settings = environment{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix+"_") || notSettings[name] || value == "" {
			continue
		}
		k, ok := byEnv[name]
		if !ok {
			text := "no setting has this name"
			if like := suggest.Nearest(name, slices.Sorted(maps.Keys(byEnv))); like != "" {
				text += "; the nearest is " + like
			}
			warnings = append(warnings, Problem{Origin: Origin{Env: name}, Text: text})
			continue
		}
		settings[k.Name] = value
		if err := k.check(value); err != nil {
			problems = append(problems, Problem{Origin: Origin{Env: name}, Key: k.Name, Text: err.Error()})
		}
	}
	return settings, warnings, problems
}
