package alerteval

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Goals are what the default rules have to reach.
const (
	goalDelay = time.Minute // of a sudden outage, where there are calls enough
	goalFalse = 1.0         // false alerts in a simulated week, fewer than this
)

// clock is how the report writes times.
const clock = "Mon 02 Jan 15:04:05"

// Report is what an engine made of all timelines.
type Report struct {
	Seeds     []uint64      `json:"seeds"`
	Weeks     float64       `json:"weeks"`
	Signals   uint64        `json:"signals"`
	Incidents []Line        `json:"incidents"`
	False     []FalseAlert  `json:"false_alerts"`
	Rate      float64       `json:"false_alerts_per_week"`
	Planted   int           `json:"planted"`
	Missed    int           `json:"missed"`
	Late      int           `json:"late"`
	Repeated  int           `json:"repeated"`
	Untold    int           `json:"untold"`          // incidents of which no delivered alert said what they are
	FalseTold int           `json:"false_delivered"` // alerts that were delivered without a reason
	Slowest   time.Duration `json:"slowest_sudden_ns"`
	Goals     []string      `json:"goals_missed"`
	Unseen    []string      `json:"unseen,omitempty"` // the incidents that were missed, a line each
	Alerts    []string      `json:"alerts,omitempty"`
}

// Line is what was made of all incidents of a name at a site.
type Line struct {
	Site     string          `json:"site"`
	Kind     string          `json:"timeline"`
	Incident string          `json:"incident"`
	Sudden   bool            `json:"sudden,omitempty"`
	Planted  int             `json:"planted"`
	Missed   int             `json:"missed"`
	Late     int             `json:"late,omitempty"`     // sudden ones found later than the goal
	Repeated int             `json:"repeated,omitempty"` // for which one rule fired oftener than it should
	Rules    map[string]int  `json:"found_by"`
	Delays   []time.Duration `json:"delays_ns"`
	Alerts   int             `json:"alerts"`
	Told     int             `json:"delivered"` // alerts that were delivered
	Untold   int             `json:"untold,omitempty"`
	Resolved []time.Duration `json:"resolved_ns"`
}

// Sum puts the outcomes together, with a line for every alert if each.
func Sum(outcomes []*Outcome, each bool) *Report {
	r := &Report{}
	lines := map[[3]string]*Line{}
	for _, o := range outcomes {
		t := o.Timeline
		if !slices.Contains(r.Seeds, t.Seed) {
			r.Seeds = append(r.Seeds, t.Seed)
		}
		r.Weeks += t.Weeks()
		r.Signals += o.Signals
		r.False = append(r.False, o.False...)
		r.FalseTold += o.FalseDelivered
		if each {
			r.Alerts = append(r.Alerts, o.Lines()...)
		}
		for i := range o.Findings {
			f := &o.Findings[i]
			key := [3]string{t.Site.Name, t.Kind, f.Incident.Name}
			l := lines[key]
			if l == nil {
				l = &Line{Site: t.Site.Name, Kind: t.Kind, Incident: f.Incident.Name, Rules: map[string]int{}}
				lines[key] = l
			}
			l.add(f, f.Prompt(&t.Site, t.calendar))
			if f.Missed() || !f.Told {
				r.Unseen = append(r.Unseen, fmt.Sprintf("%s seed %d %s %s", t.Site.Name, t.Seed, t.calendar.local(f.Start).Format(clock), f))
			}
		}
	}
	for _, l := range lines {
		slices.Sort(l.Delays)
		r.Planted += l.Planted
		r.Missed += l.Missed
		r.Late += l.Late
		r.Repeated += l.Repeated
		r.Untold += l.Untold
		if l.Sudden && len(l.Delays) > 0 {
			r.Slowest = max(r.Slowest, l.Delays[len(l.Delays)-1])
		}
		r.Incidents = append(r.Incidents, *l)
	}
	slices.SortFunc(r.Incidents, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.Site, b.Site), -strings.Compare(a.Kind, b.Kind), strings.Compare(a.Incident, b.Incident))
	})
	r.judge()
	return r
}

func (l *Line) add(f *Finding, prompt bool) {
	l.Planted++
	l.Alerts += f.Alerts
	l.Told += f.Delivered
	l.Sudden = l.Sudden || prompt
	if f.Missed() {
		l.Missed++
		return
	}
	if !f.Told {
		l.Untold++
	}
	l.Rules[f.Rule]++
	l.Delays = append(l.Delays, f.Delay)
	l.Resolved = append(l.Resolved, f.Resolved)
	if prompt && f.Delay > goalDelay {
		l.Late++
	}
	if f.Most > cmp.Or(f.Incident.Most, 2) {
		l.Repeated++
	}
}

// judge says which goals were missed.
func (r *Report) judge() {
	r.Rate = float64(len(r.False)) / max(r.Weeks, 1.0/7)
	if r.Missed > 0 {
		r.Goals = append(r.Goals, fmt.Sprintf("%d of %d incidents were missed", r.Missed, r.Planted))
	}
	if r.Late > 0 {
		r.Goals = append(r.Goals, fmt.Sprintf("%d sudden outages were found later than %v, the slowest after %v", r.Late, goalDelay, r.Slowest.Round(time.Second)))
	}
	if r.Rate >= goalFalse {
		r.Goals = append(r.Goals, fmt.Sprintf("%.2f false alerts a week, expected fewer than %v", r.Rate, goalFalse))
	}
	if r.Untold > 0 {
		r.Goals = append(r.Goals, fmt.Sprintf("of %d incidents no delivered alert says what they are", r.Untold))
	}
	if r.Repeated > 0 {
		r.Goals = append(r.Goals, fmt.Sprintf("for %d incidents one rule fired again and again", r.Repeated))
	}
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the report for people.
func (r *Report) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "site\ttimeline\tincident\tfound\tmedian delay\tlongest\trules each\talerts each\tresolved after\tfound by")
	for i := range r.Incidents {
		l := &r.Incidents[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d of %d\t%s\t%s\t%.1f\t%.1f\t%s\t%s\n", l.Site, l.Kind, l.Incident, l.Planted-l.Missed, l.Planted,
			l.delay(len(l.Delays)/2), l.delay(len(l.Delays)-1), float64(l.Alerts)/float64(l.Planted), float64(l.Told)/float64(l.Planted), l.resolved(), l.rules())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nfalse alerts: %d in %.1f weeks, %.2f a week; delivered %d\n", len(r.False), r.Weeks, r.Rate, r.FalseTold)
	for _, line := range r.falseByRule() {
		fmt.Fprintln(out, "  "+line)
	}
	for i := range r.False {
		a := &r.False[i]
		fmt.Fprintf(out, "    %s seed %d %s %s {%s} %s", a.Site, a.Seed, a.Time.Format(clock), a.Rule, a.Labels, a.Summary)
		if a.During != "" {
			fmt.Fprintf(out, " [%s]", a.During)
		}
		fmt.Fprintln(out)
	}
	for _, line := range r.Alerts {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintf(out, "\nmissed: %d of %d incidents; not told as what they are: %d\n", r.Missed, r.Planted, r.Untold)
	for _, line := range r.Unseen {
		fmt.Fprintln(out, "    "+line)
	}
	fmt.Fprintf(out, "\nsudden outages: the slowest was found after %v\n", r.Slowest.Round(100*time.Millisecond))
	if len(r.Goals) == 0 {
		_, err := fmt.Fprintln(out, "all goals are reached")
		return err
	}
	for _, g := range r.Goals {
		fmt.Fprintln(out, "goal missed: "+g)
	}
	return nil
}

func (l *Line) delay(i int) string {
	if i < 0 || i >= len(l.Delays) {
		return "-"
	}
	return l.Delays[i].Round(time.Second).String()
}

// resolved is the longest time that alerts stayed after the end.
func (l *Line) resolved() string {
	longest := time.Duration(0)
	for _, d := range l.Resolved {
		if d < 0 {
			return "not"
		}
		longest = max(longest, d)
	}
	return longest.Round(time.Second).String()
}

func (l *Line) rules() string {
	var list []string
	for rule, n := range l.Rules {
		list = append(list, fmt.Sprintf("%s %d", rule, n))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func (r *Report) falseByRule() (list []string) {
	n := map[string]int{}
	for i := range r.False {
		n[r.False[i].Rule]++
	}
	for rule, count := range n {
		list = append(list, fmt.Sprintf("%s: %d, %.2f a week", rule, count, float64(count)/r.Weeks))
	}
	slices.Sort(list)
	return list
}
