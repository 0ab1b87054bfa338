package alert

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

// Each story has an hour of what is usual first, so that the baselines are known, unless it is about their absence.
func TestRules(t *testing.T) {
	for _, test := range []struct {
		name    string
		rules   []string // that are on
		story   string
		want    []string
		summary string // of the first alert
	}{
		{
			"a spike of 503 at one peer", []string{"invite-5xx"}, `
			0s-90m 2 INVITE 200 to=carrier-a
			0s-90m 2 INVITE 200 to=carrier-b
			60m-65m 2 INVITE 503 to=carrier-a cause=q850/34`,
			[]string{
				"firing invite-5xx direction=outbound peer=carrier-a 1h0m0s", "firing invite-5xx 1h0m0s",
				"resolved invite-5xx 1h0m0s-1h5m0s", "resolved invite-5xx direction=outbound peer=carrier-a 1h0m0s-1h5m0s",
			},
			"25 % of INVITEs to carrier-a failed with 5xx in the last minute (40 of 160; usual 0.0081 %), mostly q850 34",
		},
		{
			"what was always so is no spike", []string{"invite-5xx"}, `
			0s-180m 2 INVITE 200
			0s-180m 0.3 INVITE 503`, nil, "",
		},
		{
			"one device that tries again and again", []string{"register-4xx"}, `
			0s-120m 0.1 REGISTER 200
			60m-90m 0.2 REGISTER 403 users=1`, nil, "",
		},
		{
			"ordinary ends of calls and challenges", []string{"invite-4xx", "invite-5xx", "invite-6xx", "register-4xx"}, `
			0s-120m 1 INVITE 200
			60m-90m 1 INVITE 486
			60m-90m 1 INVITE 487
			60m-90m 1 INVITE 480
			60m-90m 1 INVITE 600
			60m-90m 3 INVITE 407
			60m-90m 3 INVITE 491 inside
			0s-120m 1 REGISTER 200 retried
			60m-90m 5 REGISTER 401`, nil, "",
		},
		{
			"numbers that do not exist", []string{"invite-4xx"}, `
			0s-90m 2 INVITE 200
			60m-64m 2 INVITE 404 cause=q850/1
			60m-64m 1 INVITE 403`,
			[]string{"firing invite-4xx 1h0m0s", "resolved invite-4xx 1h0m0s-1h4m0s"},
			"38 % of INVITEs failed with 4xx in the last minute (75 of 195; usual 0.0081 %), mostly q850 1",
		},
		{
			"filtered calls", []string{"invite-6xx"}, `
			0s-90m 2 INVITE 200
			60m-64m 2 INVITE 607`,
			[]string{"firing invite-6xx 1h0m0s", "resolved invite-6xx 1h0m0s-1h4m0s"}, "",
		},
		{
			"nobody there", []string{"invite-no-response", "no-response", "answer-ratio-drop"}, `
			0s-90m 2 INVITE 200 to=carrier-a
			0s-90m 1 OPTIONS 200
			60m-70m 2 INVITE - to=carrier-a`,
			[]string{
				"firing invite-no-response 1h0m0s", "firing invite-no-response direction=outbound peer=carrier-a 1h0m0s",
				"resolved invite-no-response 1h0m0s-1h10m0s", "resolved invite-no-response direction=outbound peer=carrier-a 1h0m0s-1h10m0s",
			}, "",
		},
		{
			"a trunk whose ping is not answered at night", []string{"no-response"}, `
			0s-120m 0.033 OPTIONS 200 to=carrier-a
			60m-90m 0.033 OPTIONS - to=carrier-a users=1
			0s-120m 1 SUBSCRIBE 200`,
			[]string{
				"firing no-response direction=outbound peer=carrier-a 1h4m15s",
				"resolved no-response direction=outbound peer=carrier-a 1h4m15s-1h29m35s",
			}, "",
		},
		{
			"fewer answers", []string{"answer-ratio-drop"}, `
			0s-90m 1 INVITE 200
			0s-90m 1 INVITE 486
			60m-75m 4 INVITE 480`,
			[]string{"firing answer-ratio-drop 1h0m0s", "resolved answer-ratio-drop 1h0m0s-1h15m0s"}, "",
		},
		{
			"more phones ring together from an hour on", []string{"answer-ratio-drop", "invite-4xx", "invite-5xx"}, `
			0s-120m 1 INVITE 200
			0s-120m 1 INVITE 200 hop to=agents
			0s-60m 1 INVITE 487 hop to=agents elsewhere
			60m-120m 8 INVITE 487 hop to=agents elsewhere
			0s-120m 0.5 INVITE 486 hop to=agents`, nil, "",
		},
		{
			"a group of phones that ring together answers no more", []string{"answer-ratio-drop"}, `
			0s-120m 1 INVITE 200
			0s-90m 1 INVITE 200 hop to=agents
			105m-120m 1 INVITE 200 hop to=agents
			0s-90m 8 INVITE 487 hop to=agents elsewhere
			105m-120m 8 INVITE 487 hop to=agents elsewhere
			90m-105m 9 INVITE 487 hop to=agents`,
			[]string{
				"firing answer-ratio-drop direction=outbound peer=agents 1h30m0s", "resolved answer-ratio-drop direction=outbound peer=agents 1h30m0s-1h45m0s",
			}, "",
		},
		{
			"callers wait", []string{"setup-delay"}, `
			0s-60m 1 INVITE 200 delay=900ms
			60m-70m 1 INVITE 200 delay=6s
			70m-90m 1 INVITE 200 delay=900ms`,
			[]string{"firing setup-delay 1h0m0s", "resolved setup-delay 1h0m0s-1h10m0s"},
			"Callers typically waited 5.1 s for the first sign in the last minute (60 calls; usual 900 ms)",
		},
		{
			"a storm", []string{"registration-storm"}, `
			0s-90m 0.2 REGISTER 200
			60m-62m 5 REGISTER 401
			60m-62m 5 REGISTER 200 retried`,
			[]string{"firing registration-storm 1h0m0s", "resolved registration-storm 1h0m0s-1h2m0s"}, "",
		},
		{
			"a large site is no storm after a restart", []string{"registration-storm"}, `
			0s-90m 20 REGISTER 200`, nil, "",
		},
		{
			"phones that do not come back", []string{"registrations-lost"}, `
			0s-10m 1 REGISTER bound
			10m-90m 0.01 REGISTER lapsed
			10m-90m 0.01 REGISTER bound
			60m-70m 0.5 REGISTER lapsed`,
			[]string{"firing registrations-lost 1h0m55s", "resolved registrations-lost 1h0m55s-1h14m45s"}, "",
		},
		{
			"silence", []string{"traffic-silence"}, `
			0s-60m 2 INVITE 200 to=carrier-a
			0s-60m 1 OPTIONS 200
			70m-90m 2 INVITE 200 to=carrier-a
			70m-90m 1 OPTIONS 200`,
			[]string{
				"firing traffic-silence 1h0m0s", "firing traffic-silence peer=carrier-a 1h0m0s",
				"resolved traffic-silence 1h0m0s-1h10m0s", "resolved traffic-silence peer=carrier-a 1h0m0s-1h10m0s",
			},
			"No request came in the last minute where about 180 are usual",
		},
		{
			"no calls where other requests go on", []string{"traffic-silence", "call-silence"}, `
			0s-60m 2 INVITE 200
			0s-90m 2 OPTIONS 200
			70m-90m 2 INVITE 200`,
			[]string{"firing call-silence 1h0m0s", "resolved call-silence 1h0m0s-1h10m0s"}, "",
		},
		{
			"traffic that dwindles is no silence", []string{"traffic-silence"}, `
			0s-60m 2 INVITE 200
			60m-80m 1 INVITE 200
			80m-100m 0.5 INVITE 200
			100m-120m 0.25 INVITE 200
			120m-180m 0.1 INVITE 200`, nil, "",
		},
		{
			"passwords", []string{"brute-force", "scanner"}, `
			0s-60m 1 REGISTER 401
			0s-60m 1 REGISTER 200 retried
			20m-25m 1 REGISTER 401 src=198.51.100.7 users=2 retried`,
			[]string{
				"firing brute-force source=198.51.100.7 20m3.500002s", "resolved brute-force source=198.51.100.7 20m3.500002s-24m59.500002s",
			},
			"198.51.100.7 tries passwords: 42 failed logins for few users within 5 minutes",
		},
		{
			"somebody looks for users", []string{"brute-force", "scanner", "invite-4xx"}, `
			0s-60m 1 INVITE 200
			20m-25m 2 INVITE 404 src=198.51.100.7`,
			[]string{"firing scanner source=198.51.100.7 20m1.750001s", "resolved scanner source=198.51.100.7 20m1.750001s-24m59.750001s"}, "",
		},
		{
			"somebody looks for users slowly", []string{"scanner"}, `
			0s-180m 1 INVITE 200
			20m-80m 0.05 REGISTER 403 src=198.51.100.7`,
			[]string{"firing scanner source=198.51.100.7 21m10.000001s", "resolved scanner source=198.51.100.7 21m10.000001s-1h19m50.000001s"}, "",
		},
		{
			"a site behind one address that is let in", []string{"brute-force", "scanner", "register-4xx"}, `
			20m-22m 10 REGISTER 401 src=198.51.100.7
			20m-22m 10 REGISTER 200 src=198.51.100.7 retried`, nil, "",
		},
		{
			"a link is down", []string{"link-down"}, `
			0s-90m 1 INVITE 200
			60m-65m 0.2 LINK refused to=carrier-a`,
			[]string{
				"firing link-down 1h0m0s", "firing link-down peer=carrier-a 1h0m0s",
				"resolved link-down 1h0m0s-1h5m0s", "resolved link-down peer=carrier-a 1h0m0s-1h5m0s",
			}, "",
		},
		{
			"what comes and goes is one alert", []string{"invite-5xx"}, `
			0s-180m 2 INVITE 200
			60m-62m 2 INVITE 503
			67m-69m 2 INVITE 503
			74m-76m 2 INVITE 503
			81m-83m 2 INVITE 503`,
			[]string{
				"firing invite-5xx 1h0m0s", "resolved invite-5xx 1h0m0s-1h2m0s",
				"firing invite-5xx 1h7m0s", "resolved invite-5xx 1h7m0s-1h23m0s",
			}, "",
		},
		{
			"subscriptions are refused", []string{"subscription-failures"}, `
			0s-90m 1 SUBSCRIBE 200 event=presence
			0s-90m 1 NOTIFY 481 event=presence inside
			60m-65m 2 SUBSCRIBE 489 event=presence`,
			[]string{"firing subscription-failures 1h0m0s", "resolved subscription-failures 1h0m0s-1h5m0s"}, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			alerts := play(t, only(test.rules...), tell(t, test.story))
			got := lines(alerts)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if test.summary != "" && len(alerts) > 0 && alerts[0].Summary != test.summary {
				t.Errorf("the summary is\n%s\nwant\n%s", alerts[0].Summary, test.summary)
			}
			for _, a := range alerts {
				checkAlert(t, a)
			}
		})
	}
}

// checkAlert looks at what every alert has to have.
func checkAlert(t *testing.T, a *record.Alert) {
	t.Helper()
	i := slices.IndexFunc(DefaultRules(), func(r Rule) bool { return r.Name == a.Rule })
	if i >= 0 && (a.Type != DefaultRules()[i].Type || a.Severity != DefaultRules()[i].Severity) {
		t.Errorf("%s is of type %s and severity %s", a.Rule, a.Type, a.Severity)
	}
	if len(a.ID) != 16 || a.Start == 0 || a.Summary == "" || a.Sensor != "test" || (a.End != 0) != (a.State == "resolved") {
		t.Errorf("an alert without what it needs: %+v", a)
	}
	if len(a.Samples) > maxSamples || len(a.TopCauses) > maxTop || len(a.TopPeers) > maxTop {
		t.Errorf("an alert with too much: %+v", a)
	}
}

func TestWhatAnAlertCarries(t *testing.T) {
	alerts := play(t, only("invite-5xx"), tell(t, `
		0s-90m 2 INVITE 200 to=carrier-a
		60m-65m 2 INVITE 503 to=carrier-a cause=q850/34
		60m-65m 0.5 INVITE 500 to=carrier-a cause=sip/500`))
	if len(alerts) != 4 {
		t.Fatalf("%d alerts", len(alerts))
	}
	first, last := alerts[0], alerts[2]
	if first.ID != last.ID || first.ID == alerts[1].ID {
		t.Error("the two records of an alert have one ID, and no other alert has it")
	}
	if got, want := last.TopCauses, []record.Count{{Name: "q850 34", Value: 600}, {Name: "sip 500", Value: 150}}; !slices.Equal(got, want) {
		t.Errorf("the causes are %v, want %v", got, want)
	}
	if got, want := last.TopPeers, []record.Count{{Name: "carrier-a", Value: 750}}; !slices.Equal(got, want) {
		t.Errorf("the peers are %v, want %v", got, want)
	}
	if len(first.Samples) != maxSamples || first.Of == 0 || first.Events == 0 || first.Value < first.Threshold || isNaN(first.Baseline) {
		t.Errorf("the alert is %+v", first)
	}
	if got, want := first.Value, rounded(float64(first.Events)/float64(first.Of)); got != want {
		t.Errorf("the value is %v, and %d of %d", got, first.Events, first.Of)
	}
}
