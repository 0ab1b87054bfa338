package config

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"sipspan/alert"
)

// delimiter stands between the parts of a key inside viper. It is not a dot, as by default, so that a dot in a name stays a
// part of that name.
const delimiter = "::"

// Request names the sources of settings. The environment is always one.
type Request struct {
	File  string                 // path of a YAML file; empty for none
	Flags map[string]*pflag.Flag // by key: the flag that sets it, counted when it was given
}

// Settings is a configuration and where its values came from.
type Settings struct {
	Config   Config
	Warnings Problems // faults that do not stop the program
	origins  map[string]Origin
}

// Origin returns where the value of the key came from.
func (s *Settings) Origin(key string) Origin { return s.origins[key] }

// Load reads and checks the configuration. The error is a Problems with everything that is wrong.
func Load(r Request) (*Settings, error) {
	var problems Problems
	file := &file{}
	if r.File != "" {
		file, problems = readFile(r.File)
	}
	env, warnings, wrong := readEnvironment(os.Environ())
	problems = append(problems, wrong...)
	problems = append(problems, checkFlags(r.Flags)...)
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}

	s := &Settings{Config: Default(), Warnings: warnings, origins: origins(file, env, r.Flags)}
	s.Config.Alerts.Rules = nil // the file holds only what differs from the default rules
	if err := decode(&s.Config, file, r.Flags); err != nil {
		return nil, err
	}
	if err := s.Config.Validate(); err != nil {
		return nil, s.locate(err)
	}
	s.Config.Alerts.Rules = alert.Complete(s.Config.Alerts.Rules)
	s.Config.share()
	return s, nil
}

// decode sets the values of flags, environment and file, in this order of precedence, over the defaults that c holds.
func decode(c *Config, file *file, flags map[string]*pflag.Flag) error {
	v := viper.NewWithOptions(
		viper.KeyDelimiter(delimiter),
		viper.EnvKeyReplacer(strings.NewReplacer(delimiter, "_")),
		viper.ExperimentalBindStruct(),
	)
	v.SetEnvPrefix(envPrefix)
	v.AutomaticEnv()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(file.text)); err != nil {
		return fmt.Errorf("%s: %w", file.path, err)
	}
	for key, flag := range flags {
		if !flag.Changed {
			continue // else viper would replace the default that c holds
		}
		if err := v.BindPFlag(strings.ReplaceAll(key, ".", delimiter), flag); err != nil {
			return fmt.Errorf("binding flag --%s to %s: %w", flag.Name, key, err)
		}
	}
	if err := v.UnmarshalExact(c, viper.DecodeHook(mapstructure.DecodeHookFuncType(fromText))); err != nil {
		return fmt.Errorf("decoding the configuration: %w", err)
	}
	return nil
}

// fromText converts texts to durations, lists and numbers. The text was checked before against its key.
func fromText(from, to reflect.Type, value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return value, nil
	}
	switch {
	case to == reflect.TypeFor[time.Duration]():
		return time.ParseDuration(text)
	case to.Kind() == reflect.Slice && to.Elem().Kind() == reflect.Struct:
		return entriesOf(text)
	case to.Kind() == reflect.Slice:
		return parseList(text), nil
	case reflect.Int <= to.Kind() && to.Kind() <= reflect.Uint64:
		if n, err := parseSize(text); err == nil {
			return n, nil
		}
	}
	return value, nil
}

func checkFlags(flags map[string]*pflag.Flag) (problems Problems) {
	keys, _ := known()
	for key, flag := range flags {
		k, ok := keys[key]
		if !ok {
			problems = append(problems, Problem{Origin: Origin{Flag: flag.Name}, Key: key, Text: "the flag is bound to an unknown key"})
			continue
		}
		if !flag.Changed || k.Kind == List {
			continue
		}
		if err := k.check(flag.Value.String()); err != nil {
			problems = append(problems, Problem{Origin: Origin{Flag: flag.Name}, Key: key, Text: err.Error()})
		}
	}
	return problems
}

// origins returns for each key that is set the place with the highest precedence.
func origins(file *file, env environment, flags map[string]*pflag.Flag) map[string]Origin {
	all := map[string]Origin{}
	for key, line := range file.lines {
		all[key] = Origin{File: file.path, Line: line}
	}
	for key := range env {
		all[key] = Origin{Env: envName(key)}
	}
	for key, flag := range flags {
		if flag.Changed {
			all[key] = Origin{Flag: flag.Name}
		}
	}
	return all
}

// locate turns what Validate found into problems with the place of the key each one begins with.
func (s *Settings) locate(err error) Problems {
	keys, _ := known()
	var problems Problems
	for _, e := range flatten(err) {
		key, text := cutKey(e.Error(), keys)
		problems = append(problems, Problem{Origin: s.origins[key], Key: key, Text: text})
	}
	problems.sort()
	return problems
}

// cutKey splits “reassembly.tcp.gap_timeout: expected …” and “capture.interfaces[1]: empty …” after the key. When the text does not
// begin with a key, it returns the text only.
func cutKey(text string, keys map[string]Key) (key, rest string) {
	end := strings.IndexAny(text, ": [")
	if end < 0 {
		return "", text
	}
	if _, ok := keys[text[:end]]; !ok {
		return "", text
	}
	return text[:end], strings.TrimLeft(text[end:], ": ")
}

// Changed lists the keys that differ between two configurations.
func Changed(a, b *Config) []Key {
	return slices.DeleteFunc(Keys(), func(k Key) bool {
		return k.format(k.Value(a)) == k.format(k.Value(b))
	})
}
