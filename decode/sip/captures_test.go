package sip

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// captures returns the folder of the captures with known truth, or skips the test.
func captures(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of captures")
	}
	return folder
}

// payloads calls udp for every datagram of a capture file and returns what each TCP direction carried, in the order in
// which it was sent.
func payloads(t *testing.T, file string, udp func([]byte)) map[string][]byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	streams := make(map[string][]byte)
	source := gopacket.NewPacketSource(r, r.LinkType())
	source.NoCopy = true
	for packet := range source.Packets() {
		switch l := packet.TransportLayer().(type) {
		case *layers.UDP:
			udp(l.Payload)
		case *layers.TCP:
			key := packet.NetworkLayer().NetworkFlow().String() + " " + l.TransportFlow().String()
			streams[key] = append(streams[key], l.Payload...)
		}
	}
	return streams
}

// frames parses every message of a stream and returns how many there are and how many bytes belong to none.
func frames(t *testing.T, m *Message, stream []byte) (messages, garbage int) {
	for {
		n, kind := Frame(stream)
		switch kind {
		case FrameComplete:
			if err := m.ParseStream(stream[:n]); err != nil {
				t.Errorf("%v: %.60q", err, stream[:n])
			}
			messages++
		case FrameGarbage, FrameNotSIP:
			garbage += n
		}
		if n == 0 {
			return messages, garbage + len(stream)
		}
		stream = stream[n:]
	}
}

// The flows of the seed documents have the oddities of their time, and every message in them is to be read.
func TestSeedFlows(t *testing.T) {
	folder := filepath.Join(captures(t), "seeds")
	var m Message
	udp, tcp := 0, 0
	var faults Faults
	files, _ := filepath.Glob(filepath.Join(folder, "*.pcap"))
	for _, file := range files {
		streams := payloads(t, file, func(b []byte) {
			udp++
			if err := m.Parse(b); err != nil {
				t.Errorf("%s: %v: %.60q", filepath.Base(file), err, b)
			}
			if len(m.CallID()) == 0 || string(m.CallID()) != string(PeekCallID(b)) {
				t.Errorf("%s: Call-ID %q, peeked %q", filepath.Base(file), m.CallID(), PeekCallID(b))
			}
			faults |= m.Faults
		})
		for key, stream := range streams {
			n, garbage := frames(t, &m, stream)
			tcp += n
			if garbage > 0 {
				t.Errorf("%s: %s: %d bytes belong to no message", filepath.Base(file), key, garbage)
			}
		}
	}
	if udp != 186 || tcp != 28 {
		t.Errorf("%d and %d messages, want 186 and 28", udp, tcp)
	}
	for _, f := range []Fault{FaultSpaceInRequestURI, FaultBadHeaderName} {
		if !faults.Has(f) {
			t.Errorf("no message has the fault %v that is known to be there", f)
		}
	}
}

// truth holds what another reader counted in a capture.
type truth struct {
	file                        string
	messages                    int
	requests, statuses, callIDs string
	unseen                      int
}

func readTruth(t *testing.T) (rows []truth) {
	f, err := os.Open(filepath.Join(captures(t), "truth.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	column := make(map[string]int)
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Split(s.Text(), "\t")
		if len(column) == 0 {
			for i, name := range fields {
				column[name] = i
			}
			continue
		}
		messages, _ := strconv.Atoi(fields[column["sip_msgs"]])
		unseen, _ := strconv.Atoi(fields[column["unseen_by_tshark_frames"]])
		rows = append(rows, truth{
			file: fields[column["file"]], messages: messages, unseen: unseen, requests: fields[column["methods"]],
			statuses: fields[column["statuses"]], callIDs: fields[column["callids"]],
		})
	}
	return rows
}

// The printed flows of the RFCs: whole messages in datagrams, so that the count must be exact.
func TestRFCFlows(t *testing.T) {
	var m Message
	for _, row := range readTruth(t) {
		if !strings.HasPrefix(row.file, "captures/rfc/") {
			continue
		}
		t.Run(filepath.Base(row.file), func(t *testing.T) {
			requests, statuses := make(map[string]int), make(map[string]int)
			callIDs := make(map[string]bool)
			messages := 0
			payloads(t, filepath.Join(captures(t), "..", row.file), func(b []byte) {
				if (Detect(b) == SIP) != (m.Parse(b) == nil) {
					t.Errorf("Detect and Parse differ: %.60q", b)
				}
				if Detect(b) != SIP {
					return
				}
				messages++
				if m.Request {
					requests[string(m.MethodName())]++
				} else {
					statuses[strconv.Itoa(m.Status)]++
				}
				if id := m.CallID(); id != nil {
					callIDs[string(id)] = true
				}
			})
			// The torture messages hold one without Call-ID, which the truth counts as one of its own.
			if n := strconv.Itoa(len(callIDs)); messages != row.messages ||
				n != row.callIDs && row.file != "captures/rfc/rfc4475-torture-udp.pcap" {
				t.Errorf("%d messages with %s Call-IDs, want %d with %s", messages, n, row.messages, row.callIDs)
			}
			compareCounts(t, requests, row.requests)
			compareCounts(t, statuses, row.statuses)
		})
	}
}

// compareCounts compares counts with a list like "ACK=1 BYE=1".
func compareCounts(t *testing.T, got map[string]int, want string) {
	t.Helper()
	for word := range strings.FieldsSeq(want) {
		eq := strings.LastIndexByte(word, '=')
		if eq < 0 {
			continue
		}
		if n, _ := strconv.Atoi(word[eq+1:]); got[word[:eq]] != n {
			t.Errorf("%s: %d, want %d", word[:eq], got[word[:eq]], n)
		}
		delete(got, word[:eq])
	}
	for name, n := range got {
		t.Errorf("%s: %d, want none", name, n)
	}
}
