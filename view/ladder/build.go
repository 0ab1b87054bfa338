package ladder

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/view/plain"
)

// builder makes one ladder.
type builder struct {
	in       *Input
	sip      sip.Message
	out      *Ladder
	legs     map[string]int // by Call-ID
	sights   []*sight
	times    map[identity]int // the step of a message, by what its retransmissions have in common
	steps    []*sight         // of each step
	last     []int64          // when the message of a step was sent last
	numbered map[string]bool  // Call-ID and method whose CSeq number is needed to tell requests apart
	timed    bool
}

// Build makes the ladder of the messages of a conversation.
func Build(in *Input) *Ladder {
	b := &builder{in: in, legs: map[string]int{}, times: map[identity]int{}, timed: flagsOf(in.Record)&record.NoTimes == 0}
	b.out = &Ladder{Source: SourceMessages, Title: titleOf(in.Record), Columns: []Column{}, Legs: []Leg{}, Steps: []Step{}}
	b.addLegs()
	b.readMessages()
	elements := newElements()
	for _, s := range b.sights {
		elements.meet(s)
	}
	for _, s := range b.sights {
		elements.add(s)
	}
	elements.settle()
	columns := arrange(elements, b.sights)
	b.out.Columns = append(b.out.Columns, columns.list()...)
	columns.roles(b.out.Columns, in.Record)
	b.numberRequests()
	b.draw(columns)
	b.explain(columns)
	b.clock()
	b.remark()
	return b.out
}

// flagsOf returns what the capture lacks of a session.
func flagsOf(r record.Record) record.Flags {
	if r == nil {
		return 0
	}
	return r.Head().Confidence.Flags
}

// addLegs lists the Call-ID of the record first, then those that are related to it, then what else there are messages of.
func (b *builder) addLegs() {
	add := func(callID, relation, reason string) {
		if _, ok := b.legs[callID]; ok || callID == "" {
			return
		}
		b.legs[callID] = len(b.out.Legs)
		b.out.Legs = append(b.out.Legs, Leg{
			CallID: plain.Clean(callID, maxNote), Mark: mark(len(b.out.Legs)), Relation: plain.Clean(relation, maxLabel), Reason: plain.Clean(reason, maxNote),
		})
	}
	seen := map[string]bool{}
	for i := range b.in.Messages {
		seen[b.in.Messages[i].CallID] = true
	}
	if b.in.Record != nil {
		add(b.in.Record.Head().CallID, "", "")
		if call, ok := b.in.Record.(*record.Call); ok {
			for _, r := range call.Related {
				if seen[r.CallID] {
					add(r.CallID, r.Relation, r.Reason)
				}
			}
		}
	}
	for i := range b.in.Messages {
		add(b.in.Messages[i].CallID, "", "")
	}
}

// mark names a leg: A to Z, then numbers.
func mark(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return strconv.Itoa(n + 1)
}

func (b *builder) readMessages() {
	for i := range b.in.Messages {
		m := &b.in.Messages[i]
		switch {
		case m.Copy:
			b.out.Copies++
			continue
		case len(b.sights) == maxMessages:
			b.out.Omitted++
			continue
		}
		if s, ok := b.see(m); ok {
			s.leg = b.legs[m.CallID]
			b.sights = append(b.sights, s)
		}
	}
	if b.timed {
		slices.SortStableFunc(b.sights, func(x, y *sight) int { return compare(x.Time, y.Time) })
	}
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// numberRequests finds the methods of which one side has sent several requests.
func (b *builder) numberRequests() {
	b.numbered = map[string]bool{}
	first := map[string]uint32{}
	for _, s := range b.sights {
		key := s.CallID + "\n" + transactionMethod(s.method)
		if n, ok := first[key]; ok && n != s.cseq {
			b.numbered[key] = true
		} else if !ok {
			first[key] = s.cseq
		}
	}
}

// transactionMethod returns the method of the request that a message belongs to.
func transactionMethod(method string) string {
	if method == "ACK" || method == "CANCEL" {
		return "INVITE"
	}
	return method
}

// draw makes the steps.
func (b *builder) draw(c *columns) {
	exchanges, branches := newExchanges(), branchesOf(b.sights)
	for _, s := range b.sights {
		if i, again := b.times[s.same]; again {
			b.repeat(i, s)
			continue
		}
		from, okFrom := c.of(s.Src)
		to, okTo := c.of(s.Dst)
		if !okFrom || !okTo {
			b.out.Omitted++
			continue
		}
		b.times[s.same] = len(b.steps)
		number := len(b.steps) + 1
		step := Step{
			Number: number, From: from, To: to, Leg: s.leg, Kind: s.kind(), Label: s.label(), About: b.about(s),
			Transport: plain.Clean(s.Transport, maxLabel), Times: 1, Cut: s.Cut, Frames: s.Frames, Raw: quote(s.Raw, b.in.ShowText),
		}
		step.Notes = append(append(append(step.Notes, exchanges.notes(s, number)...), branches.notes(s)...), s.notes...)
		b.out.Steps = append(b.out.Steps, step)
		b.steps = append(b.steps, s)
		b.last = append(b.last, s.Time)
	}
	b.out.Media = exchanges.media
}

// repeat counts a retransmission.
func (b *builder) repeat(i int, s *sight) {
	step := &b.out.Steps[i]
	step.Times++
	step.Frames = append(step.Frames[:len(step.Frames):len(step.Frames)], s.Frames...)
	b.last[i] = max(b.last[i], s.Time)
}

// label returns what the arrow of a message says.
func (s *sight) label() string {
	switch {
	case s.request && s.method == "INVITE" && s.toTag != "":
		return "re-INVITE"
	case s.request:
		return orElse(s.method, "request")
	case s.reason == "":
		return strconv.Itoa(s.status)
	}
	return strconv.Itoa(s.status) + " " + s.reason
}

// about returns what is needed to know which request a message belongs to.
func (b *builder) about(s *sight) string {
	number := ""
	if b.numbered[s.CallID+"\n"+transactionMethod(s.method)] {
		number = strconv.FormatUint(uint64(s.cseq), 10)
	}
	switch {
	case s.request:
		return number
	case s.method == "INVITE":
		return number
	case number != "":
		return s.method + " " + number
	}
	return s.method
}

func (s *sight) kind() Kind {
	switch {
	case s.request:
		return Request
	case s.status < 200:
		return Provisional
	case s.status < 300:
		return Success
	case s.status < 400:
		return Redirection
	case s.status == 401 || s.status == 407:
		return Challenge
	}
	return Failure
}

// clock gives the steps their times.
func (b *builder) clock() {
	if !b.timed || len(b.steps) == 0 {
		return
	}
	start := b.steps[0].Time
	b.out.Start = stamp(start)
	before := start
	at := 0
	for i := range b.out.Steps {
		step := &b.out.Steps[i]
		if step.Kind == Event { // explain has set its time
			continue
		}
		t, last := b.steps[at].Time, b.last[at]
		at++
		step.Time, step.AtMs, step.DelayMs = stamp(t), ms(t-start), ms(t-before)
		step.ForMs = ms(last - t)
		before = t
	}
}

func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func ms(ns int64) float64 { return float64(ns) / 1e6 }

// remark says what the drawing lacks.
func (b *builder) remark() {
	remark := func(format string, args ...any) { b.out.Remarks = append(b.out.Remarks, fmt.Sprintf(format, args...)) }
	flags := flagsOf(b.in.Record)
	for _, f := range lacking {
		if flags&f.flag != 0 {
			remark("%s", f.words)
		}
	}
	if b.out.Omitted > 0 {
		remark("%d more messages are not drawn: at most %d messages and %d elements are", b.out.Omitted, maxMessages, maxColumns)
	}
	if len(b.sights) == 0 {
		remark("the input holds no message of this Call-ID")
	}
}

// lacking puts the flags of a record into words.
var lacking = []struct {
	flag  record.Flags
	words string
}{
	{record.MidStream, "the beginning was not captured"},
	{record.OneWay, "one direction only was captured"},
	{record.Truncated, "some messages are cut: the capture does not hold their ends"},
	{record.TCPGap, "segments of a TCP connection were not captured"},
	{record.CaptureDrops, "the kernel lost packets meanwhile"},
	{record.TableFull, "a limit of memory ended the record early"},
	{record.ClockStep, "the clock of the capture was set meanwhile: times across that are not comparable"},
	{record.Restart, "the program was not running for a part of this time"},
	{record.NoTimes, "the text holds no times: only the order is known"},
	{record.NoAddresses, "the text does not name all addresses"},
	{record.NoDates, "the text does not name the day"},
	{record.LocalTimes, "the text does not name the zone of its times"},
}
