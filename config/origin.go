package config

import "strconv"

// Origin is where a value came from. At most one of Flag, Env and File is set; when none is, the value is the default.
type Origin struct {
	Flag string // name of the command line flag, without dashes
	Env  string // name of the environment variable
	File string
	Line int // 1-based line in File; 0 when it is about the whole file
}

// String names the place; it is empty for a default.
func (o Origin) String() string {
	switch {
	case o.Flag != "":
		return "flag --" + o.Flag
	case o.Env != "":
		return "environment variable " + o.Env
	case o.File != "" && o.Line > 0:
		return o.File + ":" + strconv.Itoa(o.Line)
	}
	return o.File
}
