package config

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1, "65536": 65536, "64KiB": 65536, "64 KiB": 65536, "16MiB": 16 << 20, "1GiB": 1 << 30, "2TiB": 2 << 40,
		"1kB": 1000, "5MB": 5e6, "1GB": 1e9, "1TB": 1e12, "12B": 12, "9223372036854775807": math.MaxInt64,
	} {
		got, err := parseSize(text)
		if err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
		if back, err := parseSize(formatSize(want)); err != nil || back != want {
			t.Errorf("formatSize(%d) = %q reads as %d, %v", want, formatSize(want), back, err)
		}
	}
	for _, text := range []string{"", "KiB", "-1", "1.5MiB", "64k", "64kib", "1 0", "9223372036854775808", "9007199254740993TiB", "0x10"} {
		if n, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d", text, n)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", time.Minute: "1m", time.Hour: "1h", 90 * time.Second: "1m30s", 24 * time.Hour: "24h",
		3605 * time.Second: "1h0m5s", 20 * time.Millisecond: "20ms", 10 * time.Minute: "10m", 20 * time.Hour: "20h",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("formatDuration(%d) = %q, want %q", d, got, want)
		}
		if back, err := time.ParseDuration(want); err != nil || back != d {
			t.Errorf("%q reads as %v, %v", want, back, err)
		}
	}
}

func TestList(t *testing.T) {
	for text, want := range map[string][]string{
		"": {}, " ": {}, "eth0": {"eth0"}, "eth0,eth1": {"eth0", "eth1"}, " eth0 , ,eth1,": {"eth0", "eth1"},
	} {
		if got := parseList(text); !slices.Equal(got, want) {
			t.Errorf("parseList(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNumbersFitTheirField(t *testing.T) {
	for _, test := range []struct {
		key  Key
		text string
		ok   bool
	}{
		{Key{Kind: Int, Default: uint8(0)}, "255", true},
		{Key{Kind: Int, Default: uint8(0)}, "256", false},
		{Key{Kind: Int, Default: uint32(0)}, "-1", false},
		{Key{Kind: Int, Default: int8(0)}, "-128", true},
		{Key{Kind: Int, Default: int8(0)}, "128", false},
		{Key{Kind: Size, Default: int32(0)}, "2GiB", false},
		{Key{Kind: Size, Default: int64(0)}, "2GiB", true},
		{Key{Kind: Int, Default: 0}, "9223372036854775808", false},
		{Key{Kind: Int, Default: 0}, "1.5", false},
		{Key{Kind: Float, Default: 0.5}, "1.5", true},
		{Key{Kind: Bool, Default: false}, "yes", false},
		{Key{Kind: Bool, Default: false}, "true", true},
	} {
		if err := test.key.check(test.text); (err == nil) != test.ok {
			t.Errorf("%v %T: parse(%q): %v", test.key.Kind, test.key.Default, test.text, err)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("log:\n  level: info\n")
	f.Add("sensor: &a x\nlog: {level: *a}\n")
	f.Add("? [a]\n: b\n")
	f.Add("a: &a [*a]\n")
	f.Add("---\n...\n---\n")
	f.Add("!!binary x: y\n<<: {log: 1}\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := load(t, text)
		if err == nil {
			if err := s.Config.Validate(); err != nil {
				t.Errorf("loaded and not valid: %v", err)
			}
			return
		}
		if problems, ok := err.(Problems); !ok {
			t.Errorf("the file was refused by viper and not by the check: %v", err)
		} else if len(problems) == 0 {
			t.Error("refused without a reason")
		}
	})
}
