package alerteval

import "time"

// Site is a place at which the program listens, and its ordinary traffic.
type Site struct {
	Name       string
	Calls      float64 // on a working day
	Week       Week
	Inbound    float64 // share of calls that come in over the trunks
	Growth     float64 // of the traffic in a week
	Unevenness float64 // variance of the factor by which a minute has more or fewer calls than expected, beside Poisson's
	Drift      float64 // deviation of the factor by which an hour has
	Trunks     []Trunk
	Mix        Mix           // outcomes of calls
	MixDrift   float64       // how much the share of answered calls goes up and down over hours, on the logit scale
	Setup      Spread        // INVITE to the first word of the callee's side
	Challenged float64       // share of outgoing calls that are challenged first
	Phones     int           // that are always on
	Softphones int           // that come and go with the working day
	Expires    time.Duration // of a registration; phones refresh it after half of it to nine tenths
	Watched    int           // subscriptions of a phone: lamps of other phones, and waiting messages
	Qualify    time.Duration // how often the PBX asks each phone with OPTIONS whether it is there; 0: not
	Unplugged  int           // phones it asks that are not there
	Ping       time.Duration // how often each trunk is asked with OPTIONS, in both directions
	Strays     float64       // requests of nobody known, a day: what an open port gets from the Internet
	Resets     float64       // connections that break, a day
	Campaigns  float64       // small bursts of calls to few numbers, a day
	Hours      [2]int        // of the day between which a sudden outage of calls can be seen within a minute; [0,0]: never
}

// Trunk is a way out, a named peer of the configuration.
type Trunk struct {
	Peer   string
	Weight float64 // share of calls
	Mix    *Mix    // where outcomes differ from those of the site
}

// Mix is the shares of the outcomes of calls. They need not add up to 1.
type Mix struct {
	Answered    float64
	Busy        float64 // 486
	NoAnswer    float64 // 480 after half a minute
	Cancelled   float64 // 487
	NotFound    float64 // 404
	Declined    float64 // 603
	Forbidden   float64 // 403
	NotInTime   float64 // 408
	Broken      float64 // 500
	Unavailable float64 // 503
}

// office is a working day of people: it begins at eight, eats at noon, is gone at six.
var office = Week{
	Workday:  Day{0.3, 0.2, 0.2, 0.2, 0.3, 0.6, 3, 20, 75, 100, 100, 92, 50, 78, 95, 90, 72, 38, 14, 7, 4, 2, 1, 0.5},
	Saturday: Day{0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 0.7, 2, 5, 8, 9, 8, 5, 5, 5, 4, 3, 2, 2, 1, 1, 0.5, 0.4, 0.3},
	Sunday:   Day{0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.7, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 0.6, 0.4, 0.3},
}

// shop is a small office: closed at night and on weekends.
var shop = Week{
	Workday:  Day{0, 0, 0, 0, 0, 0, 0.3, 4, 70, 100, 95, 85, 40, 70, 90, 85, 65, 20, 5, 1, 0.5, 0.2, 0, 0},
	Saturday: Day{8: 2, 9: 3, 10: 3, 11: 2, 12: 1},
	Sunday:   Day{10: 0.5, 15: 0.5},
}

// public is everybody: business by day, private calls in the evening and on Sundays.
var public = Week{
	Workday:  Day{10, 7, 5, 5, 6, 10, 22, 45, 80, 98, 100, 95, 80, 85, 92, 92, 88, 84, 78, 70, 58, 42, 28, 16},
	Saturday: Day{14, 10, 7, 6, 5, 7, 10, 18, 32, 48, 55, 56, 50, 46, 44, 45, 48, 52, 52, 48, 42, 34, 26, 18},
	Sunday:   Day{15, 11, 8, 6, 5, 5, 7, 12, 22, 34, 42, 44, 40, 38, 38, 40, 44, 50, 54, 54, 48, 36, 24, 15},
}

// wholesale is what carriers see of each other: many tries to numbers that nobody has.
var wholesale = Mix{
	Answered: 0.44, Busy: 0.09, NoAnswer: 0.09, Cancelled: 0.17, NotFound: 0.11, Declined: 0.02, Forbidden: 0.01, NotInTime: 0.015,
	Broken: 0.006, Unavailable: 0.02,
}

// business is what an office sees.
var business = Mix{
	Answered: 0.63, Busy: 0.09, NoAnswer: 0.07, Cancelled: 0.14, NotFound: 0.03, Declined: 0.02, Forbidden: 0.004, NotInTime: 0.006,
	Broken: 0.003, Unavailable: 0.006,
}

// Sites are the places that are measured by default.
func Sites() []Site {
	mobile := wholesale
	mobile.Answered, mobile.NoAnswer, mobile.Cancelled = 0.52, 0.14, 0.14
	far := wholesale
	far.Answered, far.NotFound, far.Unavailable = 0.34, 0.18, 0.035
	return []Site{
		{
			Name: "pbx", Calls: 320, Week: shop, Inbound: 0.55, Unevenness: 0.3, Drift: 0.15,
			Trunks: []Trunk{{Peer: "provider", Weight: 1}}, Mix: business, MixDrift: 0.2, Setup: Spread{1200 * time.Millisecond, 0.5},
			Challenged: 1, Phones: 28, Softphones: 5, Expires: time.Hour, Watched: 4, Qualify: time.Minute, Unplugged: 2, Ping: time.Minute,
			Strays: 20, Resets: 0.3, Campaigns: 0.1,
		},
		{
			Name: "enterprise", Calls: 20000, Week: office, Inbound: 0.5, Growth: 0.01, Unevenness: 0.06, Drift: 0.1,
			Trunks: []Trunk{{Peer: "carrier-a", Weight: 0.65}, {Peer: "carrier-b", Weight: 0.35}}, Mix: business, MixDrift: 0.16,
			Setup: Spread{1500 * time.Millisecond, 0.55}, Challenged: 0.9, Phones: 1000, Softphones: 400, Expires: time.Hour, Watched: 1,
			Ping: 30 * time.Second, Strays: 30, Resets: 3, Campaigns: 1, Hours: [2]int{9, 17},
		},
		{
			Name: "carrier", Calls: 60000, Week: public, Inbound: 0.5, Growth: 0.08, Unevenness: 0.04, Drift: 0.08,
			Trunks: []Trunk{
				{Peer: "mobile", Weight: 0.42, Mix: &mobile}, {Peer: "incumbent", Weight: 0.3}, {Peer: "cable", Weight: 0.2},
				{Peer: "transit", Weight: 0.08, Mix: &far},
			},
			Mix: wholesale, MixDrift: 0.18, Setup: Spread{2200 * time.Millisecond, 0.6}, Ping: 30 * time.Second, Strays: 10, Resets: 4,
			Campaigns: 4, Hours: [2]int{8, 21},
		},
	}
}
