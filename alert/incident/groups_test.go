package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

const minute = int64(time.Minute)

// began makes a symptom: RULE SEVERITY CLASS PEER ORIGIN.
func began(text string, at int64) Symptom {
	w := strings.Fields(text)
	class := map[string]Class{"failing": Failing, "silent": Silent, "changed": Changed, "source": Source, "sensor": Sensor}[w[2]]
	a := &record.Alert{Rule: w[0], Severity: w[1], State: "firing", Summary: "S of " + w[0], Events: 10, Of: 20}
	a.ID, a.Start = fmt.Sprintf("%s-%s-%d", w[0], w[3], at/minute), at
	s := Symptom{Alert: a, Class: class}
	if w[3] != "-" {
		a.Labels = []record.Label{{Name: "peer", Value: w[3]}}
		if class == Source {
			a.Labels[0].Name = "source"
		} else {
			s.Peer = w[3]
		}
	}
	if len(w) > 4 {
		s.Traced = Traced{Origins: []record.Count{{Name: w[4], Value: 10}}, Passed: w[5:]}
	}
	return s
}

// story plays lines of “MINUTE begin …” and “MINUTE end RULE PEER”, those of one minute in one turn, and returns what is handed on.
func story(t *testing.T, text string) (handed []string) {
	t.Helper()
	g := New(func(a *record.Alert) {
		line := fmt.Sprintf("%s %s %s", a.State, a.Severity, a.Rule)
		for _, l := range a.Labels {
			line += " " + l.Name + "=" + l.Value
		}
		for _, s := range a.Symptoms {
			line += " +" + s.Rule
			for _, l := range s.Labels {
				line += "/" + l.Value
			}
		}
		handed = append(handed, line)
	})
	symptoms := map[string]Symptom{}
	last := int64(0)
	for line := range strings.Lines(strings.TrimSpace(text)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := time.ParseDuration(word)
		if err != nil {
			t.Fatal(err)
		}
		if at := int64(n) + minute; at != last {
			if last != 0 {
				g.Turn(func(s *Symptom) Traced { return s.Traced })
			}
			last = at
		}
		verb, rest, _ := strings.Cut(rest, " ")
		w := strings.Fields(rest)
		if verb == "begin" {
			s := began(rest, last)
			symptoms[w[0]+" "+w[3]] = s
			g.Begin(s)
			continue
		}
		a := *symptoms[w[0]+" "+w[1]].Alert
		a.State, a.End = "resolved", last
		g.End(&a)
	}
	g.Turn(func(s *Symptom) Traced { return s.Traced })
	return handed
}

func TestGroups(t *testing.T) {
	for _, test := range []struct {
		name, story string
		want        []string
	}{
		{
			"what a proxy passes on is the fault of who generated it", `
			1m begin invite-5xx critical failing - trunk site proxy trunk
			1m begin invite-5xx critical failing proxy trunk site proxy trunk
			1m begin invite-5xx critical failing trunk trunk proxy trunk
			2m begin answer-ratio-drop warning changed site
			3m begin call-silence critical silent trunk
			9m end invite-5xx -
			9m end invite-5xx proxy
			9m end invite-5xx trunk
			10m end answer-ratio-drop site
			11m end call-silence trunk`,
			[]string{
				"firing critical invite-5xx origin=trunk peer=trunk +invite-5xx +invite-5xx/proxy",
				"resolved critical invite-5xx origin=trunk peer=trunk +invite-5xx +invite-5xx/proxy +answer-ratio-drop/site +call-silence/trunk",
			},
		},
		{
			"two trunks are two faults", `
			1m begin invite-5xx critical failing a a a proxy
			1m begin invite-5xx critical failing b b b proxy
			5m end invite-5xx a
			6m end invite-5xx b`,
			[]string{
				"firing critical invite-5xx origin=a peer=a", "firing critical invite-5xx origin=b peer=b",
				"resolved critical invite-5xx origin=a peer=a", "resolved critical invite-5xx origin=b peer=b",
			},
		},
		{
			"an hour later it is another fault", `
			1m begin invite-5xx critical failing a a a
			61m begin register-5xx critical failing a a a
			70m end invite-5xx a
			71m end register-5xx a`,
			[]string{
				"firing critical invite-5xx origin=a peer=a", "firing critical register-5xx origin=a peer=a",
				"resolved critical invite-5xx origin=a peer=a", "resolved critical register-5xx origin=a peer=a",
			},
		},
		{
			"what becomes more severe is handed on again", `
			1m begin setup-delay warning changed a
			2m begin invite-no-response critical failing a a a
			9m end setup-delay a
			9m end invite-no-response a`,
			[]string{
				"firing warning setup-delay peer=a", "firing critical invite-no-response origin=a peer=a +setup-delay/a",
				"resolved critical invite-no-response origin=a peer=a +setup-delay/a",
			},
		},
		{
			"nothing comes from anywhere", `
			1m begin traffic-silence critical silent a
			1m begin traffic-silence critical silent b
			1m begin traffic-silence critical silent -
			2m begin call-silence critical silent -
			9m end traffic-silence a
			9m end traffic-silence b
			9m end traffic-silence -
			9m end call-silence -`,
			[]string{
				"firing critical traffic-silence +traffic-silence/a +traffic-silence/b",
				"resolved critical traffic-silence +traffic-silence/a +traffic-silence/b +call-silence",
			},
		},
		{
			"a symptom that comes back belongs to its fault", `
			1m begin invite-5xx critical failing a a a
			1m begin invite-5xx critical failing - a a
			4m end invite-5xx a
			6m begin invite-5xx critical failing a a a
			9m end invite-5xx -
			9m end invite-5xx a`,
			[]string{"firing critical invite-5xx origin=a peer=a +invite-5xx", "resolved critical invite-5xx origin=a peer=a +invite-5xx"},
		},
		{
			"one address is one fault, and no other", `
			1m begin scanner warning source 192.0.2.1
			1m begin brute-force warning source 192.0.2.1
			1m begin scanner warning source 192.0.2.2
			1m begin capture-drops critical sensor -
			9m end scanner 192.0.2.1
			9m end brute-force 192.0.2.1
			9m end scanner 192.0.2.2`,
			[]string{
				"firing critical capture-drops", "firing warning brute-force source=192.0.2.1 +scanner/192.0.2.1", "firing warning scanner source=192.0.2.2",
				"resolved warning brute-force source=192.0.2.1 +scanner/192.0.2.1", "resolved warning scanner source=192.0.2.2",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, story(t, test.story)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestTheElementBehind checks that what does not respond takes the place of the one that reports it, once it is known.
func TestTheElementBehind(t *testing.T) {
	var handed []*record.Alert
	g := New(func(a *record.Alert) { handed = append(handed, a) })
	g.Begin(began("invite-4xx warning failing - proxy site proxy", minute))
	g.Turn(nil)
	g.Begin(began("invite-no-response critical failing trunk trunk proxy trunk", minute))
	g.Turn(func(*Symptom) Traced {
		return Traced{Origins: []record.Count{{Name: "trunk", Value: 10}}, Passed: []string{"site", "proxy", "trunk"}}
	})
	if len(handed) != 2 || handed[0].Origin != "proxy" || handed[1].Origin != "trunk" || handed[0].ID != handed[1].ID || len(handed[1].Symptoms) != 1 {
		t.Errorf("handed on %+v", handed)
	}
}

// TestKept keeps a fault over a restart.
func TestKept(t *testing.T) {
	before := New(func(*record.Alert) {})
	for _, text := range []string{"invite-5xx critical failing a a a b", "invite-5xx critical failing - a a b", "answer-ratio-drop warning changed -"} {
		before.Begin(began(text, minute))
	}
	before.Turn(nil)
	first := before.Firing()
	faults := before.Faults()
	if len(faults) != 1 {
		t.Fatalf("%d faults are kept", len(faults))
	}
	var handed []*record.Alert
	after := New(func(a *record.Alert) { handed = append(handed, a) })
	open, err := after.Resume(&faults[0])
	if err != nil || len(open) != 3 {
		t.Fatalf("%v, %v", open, err)
	}
	if diff := cmp.Diff(string(first[0].AppendJSON(nil)), string(after.Firing()[0].AppendJSON(nil))); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
	after.Turn(nil)
	after.Begin(began("register-5xx critical failing a a a", 3*minute)) // of the same fault
	after.Turn(func(s *Symptom) Traced { return s.Traced })
	register := began("register-5xx critical failing a a a", 3*minute)
	for _, s := range append(open, register) {
		end := *s.Alert
		end.State, end.End = "resolved", 5*minute
		after.End(&end)
	}
	after.Turn(nil)
	if len(handed) != 1 || handed[0].State != "resolved" || handed[0].ID != first[0].ID || len(handed[0].Symptoms) != 3 {
		t.Errorf("handed on after the restart: %+v", handed)
	}
	if slices.ContainsFunc(handed[0].Symptoms, func(s record.Symptom) bool { return s.State != "resolved" }) {
		t.Errorf("not all are over: %+v", handed[0].Symptoms)
	}
	for _, broken := range []Fault{{ID: "x"}, {ID: "x", Members: []Kept{{Alert: []byte(`{}`)}}}, {ID: "x", Members: []Kept{{Alert: []byte(`{"record":"call","version":1}`)}}}} {
		if _, err := after.Resume(&broken); err == nil {
			t.Errorf("%+v is taken up", broken)
		}
	}
}
