package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"sipspan/capture"
)

const (
	largestBlock  = 1 << 20
	smallestBlock = 64 << 10
	// frameUnit is what the kernel counts the size of a ring in. A packet may take any number of bytes of a block.
	frameUnit = 2048
)

// blockSize returns the size of a block of a ring of so many bytes: a power of two, and at most half of the ring.
func blockSize(ring int) int {
	return min(max(1<<(bits.Len(uint(ring))-2), smallestBlock), largestBlock)
}

// openRing opens an interface, which must be up. Packets come from then on.
func openRing(name string, cfg Config) (_ *ring, err error) {
	if name == anyInterface {
		return nil, errAny
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, unix.ENODEV
	}
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0) // of no protocol: nothing comes before it is bound
	if err != nil {
		return nil, err
	}
	r := &ring{snaplen: cfg.Snaplen, poll: int(cfg.Poll.Milliseconds()), socket: socket, counts: newIfdrops(name)}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if r.link, r.lo, err = linkOfRing(socket, request); err != nil {
		return nil, err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request); err != nil {
		return nil, err
	}
	if request.Uint16()&unix.IFF_UP == 0 {
		return nil, errors.New("the interface is not up")
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request); err != nil {
		return nil, err
	}
	index := int(request.Uint32())
	if err := r.mapMemory(cfg); err != nil {
		return nil, err
	}
	if cfg.Promiscuous {
		member := unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC}
		if err := unix.SetsockoptPacketMreq(socket, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &member); err != nil {
			return nil, fmt.Errorf("setting the promiscuous mode: %w", err)
		}
	}
	if err := attach(socket, []bpf.RawInstruction{{Op: unix.BPF_RET | unix.BPF_K}}); err != nil { // nothing passes before there is a filter
		return nil, err
	}
	if err := unix.Bind(socket, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: index}); err != nil {
		return nil, err
	}
	return r, nil
}

// mapMemory makes the ring of the socket and maps it.
func (r *ring) mapMemory(cfg Config) error {
	if err := unix.SetsockoptInt(r.socket, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("asking for TPACKET_V3: %w", err)
	}
	if err := unix.SetsockoptInt(r.socket, unix.SOL_PACKET, unix.PACKET_RESERVE, tagBytes); err != nil {
		return fmt.Errorf("reserving room for tags: %w", err)
	}
	block := blockSize(cfg.BufferBytes)
	request := unix.TpacketReq3{
		Block_size: uint32(block), Block_nr: uint32(max(cfg.BufferBytes/block, 1)), Frame_size: frameUnit, Retire_blk_tov: uint32(max(r.poll/2, 1)), // so that what came before a wait for packets is seen in it
	}
	if cfg.Immediate {
		request.Retire_blk_tov = 1
	}
	request.Frame_nr = request.Block_nr * uint32(block/frameUnit)
	if err := unix.SetsockoptTpacketReq3(r.socket, unix.SOL_PACKET, unix.PACKET_RX_RING, &request); err != nil {
		return fmt.Errorf("making a ring of %d blocks of %d bytes: %w", request.Block_nr, block, err)
	}
	size := int(request.Block_nr) * block
	memory, err := unix.Mmap(r.socket, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mapping the ring: %w", err)
	}
	r.memory, r.size = memory, block
	return nil
}

// linkOfRing returns how the frames of an interface begin, and whether it is a loopback.
func linkOfRing(socket int, request *unix.Ifreq) (capture.LinkType, bool, error) {
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFHWADDR, request); err != nil {
		return 0, false, err
	}
	switch kind := request.Uint16(); kind {
	case unix.ARPHRD_ETHER:
		return capture.LinkEthernet, false, nil
	case unix.ARPHRD_LOOPBACK:
		return capture.LinkEthernet, true, nil
	case unix.ARPHRD_NONE, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT, unix.ARPHRD_IPGRE:
		return capture.LinkRaw, false, nil
	default:
		return 0, false, fmt.Errorf("the driver %s does not know hardware of the kind %d; the driver %s may", DriverAFPacket, kind, DriverLibpcap)
	}
}

// attach gives a socket another filter.
func attach(socket int, code []bpf.RawInstruction) error {
	program := make([]unix.SockFilter, len(code))
	for i, in := range code {
		program[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	return unix.SetsockoptSockFprog(socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}

// networkOrder returns a number as it stands in a field of 16 bits in network byte order.
func networkOrder(n uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, n))
}

var (
	errAny  = fmt.Errorf("the driver %s captures on single interfaces; name them, or use the driver %s", DriverAFPacket, DriverLibpcap)
	errVLAN = fmt.Errorf("the keyword vlan needs the driver %s", DriverLibpcap)

	vlanWord = regexp.MustCompile(`\bvlan\b`)
)

// mentionsVLAN reports whether an expression has the keyword vlan. The kernel takes the tag off before its filter sees the packet, and only libpcap
// compiles the keyword into what finds it nevertheless.
func mentionsVLAN(expr string) bool { return vlanWord.MatchString(expr) }

// ifdrops counts what an interface has dropped since it was opened, as the kernel shows it.
type ifdrops struct {
	folder string
	last   uint64
	read   time.Time
}

// readDropsEvery is how often the files of the kernel are read at most.
const readDropsEvery = time.Second

func newIfdrops(name string) ifdrops {
	d := ifdrops{folder: filepath.Join("/sys/class/net", name, "statistics")}
	d.last = d.total()
	return d
}

// grown returns how many were dropped since the last reading.
func (d *ifdrops) grown(now time.Time) uint64 {
	if now.Sub(d.read) < readDropsEvery {
		return 0
	}
	d.read = now
	before := d.last
	d.last = max(d.total(), before)
	return d.last - before
}

// total returns what the interface has dropped since it exists, 0 if that is not known.
func (d *ifdrops) total() (sum uint64) {
	for _, file := range []string{"rx_missed_errors", "rx_fifo_errors"} {
		text, err := os.ReadFile(filepath.Join(d.folder, file))
		if err != nil {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
		if err == nil {
			sum += n
		}
	}
	return sum
}
