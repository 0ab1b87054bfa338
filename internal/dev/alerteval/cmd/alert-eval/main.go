// Command alert-eval measures how good the alert engine is with its default rules: delay of detection, missed and false
// alerts in simulated weeks of several sites. Its exit status is 1 when a goal is missed.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sipspan/alert"
	"sipspan/internal/dev/alerteval"
	"sipspan/record"
	"sipspan/session/correlate"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("alert-eval", flag.ContinueOnError)
	flags.SetOutput(stderr)
	seeds := flags.Int("seeds", 5, "how many seeds: each gives every site four weeks, and each of its incidents a daemon just started")
	first := flags.Uint64("first", alerteval.HeldOut, "the first seed")
	only := flags.String("sites", "", "only these sites, separated by commas: "+strings.Join(names(alerteval.Sites()), ","))
	busier := flags.Float64("calls", 1, "factor on the number of calls of each site")
	each := flags.Bool("alerts", false, "tell every alert, not only the false ones")
	asJSON := flags.Bool("json", false, "write the report for programs")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	sites, err := choose(*only, *busier)
	if err == nil && (flags.NArg() > 0 || *seeds < 1 || *busier <= 0) {
		err = fmt.Errorf("expected flags only, at least one seed and a factor above 0")
	}
	if err != nil {
		fmt.Fprintln(stderr, "alert-eval:", err)
		return 2
	}
	report := alerteval.Evaluate(alerteval.Timelines(sites, *first, *seeds), engine, *each)
	write := report.WriteText
	if *asJSON {
		write = report.WriteJSON
	}
	if err := write(stdout); err != nil {
		fmt.Fprintln(stderr, "alert-eval: writing the report:", err)
		return 2
	}
	if len(report.Goals) > 0 {
		return 1
	}
	return 0
}

func engine(symptom, deliver func(*record.Alert)) correlate.Watcher {
	e := alert.New(alert.DefaultConfig(), "", deliver)
	e.Symptom = symptom
	return keeper{e}
}

// keeper is an engine whose memory goes through a file, as that of the daemon does.
type keeper struct{ *alert.Engine }

// Successor implements alerteval.Keeper.
func (k keeper) Successor(symptom, deliver func(*record.Alert)) correlate.Watcher {
	next := alert.New(alert.DefaultConfig(), "", deliver)
	next.Symptom = symptom
	text, err := json.Marshal(k.Memory())
	var m alert.Memory
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		panic(fmt.Errorf("a memory that cannot be kept: %w", err)) // a fault of the engine
	}
	next.Remember(m)
	return keeper{next}
}

func names(sites []alerteval.Site) (list []string) {
	for i := range sites {
		list = append(list, sites[i].Name)
	}
	return list
}

func choose(only string, busier float64) ([]alerteval.Site, error) {
	all := alerteval.Sites()
	for i := range all {
		all[i].Calls *= busier
	}
	if only == "" {
		return all, nil
	}
	var chosen []alerteval.Site
	for _, name := range strings.Split(only, ",") {
		i := slices.Index(names(all), name)
		if i < 0 {
			return nil, fmt.Errorf("there is no site %q; expected one of %s", name, strings.Join(names(all), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
