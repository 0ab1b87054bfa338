package record

// Service is a feature that was used in a call, named as in RFC 5359.
type Service uint8

// The services, in the order in which a record lists them.
const (
	CallHold Service = iota
	MusicOnHold
	ConsultationHold
	TransferUnattended
	TransferAttended
	ForwardUnconditional
	ForwardBusy
	ForwardNoAnswer
	ThreeWayCall
	FindMe
	SimultaneousRing
	CallDeflection
	ScreeningIncoming
	ScreeningOutgoing
	CallPark
	CallPickup
	AutomaticRedial
	ClickToDial
	InstantMessage
	NumServices = int(iota)
)

var serviceNames = [NumServices]string{
	"call_hold", "music_on_hold", "consultation_hold", "transfer_unattended", "transfer_attended",
	"forward_unconditional", "forward_busy", "forward_no_answer", "three_way_call", "find_me", "simultaneous_ring",
	"call_deflection", "screening_incoming", "screening_outgoing", "call_park", "call_pickup", "automatic_redial",
	"click_to_dial", "instant_message",
}

// String returns the name used in the output, such as "call_hold".
func (s Service) String() string { return serviceNames[s] }

var servicesByName = func() map[string]Service {
	m := make(map[string]Service, NumServices)
	for s, name := range serviceNames {
		m[name] = Service(s)
	}
	return m
}()

// ServiceNamed returns the service with that name.
func ServiceNamed(name string) (s Service, ok bool) {
	s, ok = servicesByName[name]
	return s, ok
}

// ServiceEvidence is one observation from which a service was inferred.
type ServiceEvidence struct {
	Service Service
	Time    int64  // Unix nanoseconds
	What    string // names methods, status codes and addresses, never a person
}

// Hold is a part of a call in which one side had the other on hold.
type Hold struct {
	Start int64  // Unix nanoseconds
	End   int64  // 0 when it lasted until the call ended
	By    string // the side that put the other one on hold: "caller" or "callee"
}

// AddService adds an observation of a service, and the service itself unless the call has it already. Services stays in
// the order of the constants, ServiceEvidence is by service and then by time.
func (c *Call) AddService(s Service, at int64, what string) {
	c.addServiceName(s)
	i := len(c.ServiceEvidence)
	for i > 0 && (c.ServiceEvidence[i-1].Service > s || c.ServiceEvidence[i-1].Service == s && c.ServiceEvidence[i-1].Time > at) {
		i--
	}
	c.ServiceEvidence = append(c.ServiceEvidence, ServiceEvidence{})
	copy(c.ServiceEvidence[i+1:], c.ServiceEvidence[i:])
	c.ServiceEvidence[i] = ServiceEvidence{Service: s, Time: at, What: what}
}

func (c *Call) addServiceName(s Service) {
	i := 0
	for ; i < len(c.Services); i++ {
		if other, ok := ServiceNamed(c.Services[i]); !ok || other >= s {
			break
		}
	}
	if i < len(c.Services) && c.Services[i] == s.String() {
		return
	}
	c.Services = append(c.Services, "")
	copy(c.Services[i+1:], c.Services[i:])
	c.Services[i] = s.String()
}

// HasService reports whether the call has a service.
func (c *Call) HasService(s Service) bool {
	for _, name := range c.Services {
		if name == s.String() {
			return true
		}
	}
	return false
}
