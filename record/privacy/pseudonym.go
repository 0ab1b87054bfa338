package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"net/netip"
	"strings"
	"sync"
)

// The kinds of pseudonym. Equal texts of different kinds have different pseudonyms.
type kind string

const (
	ofUser    kind = "user"
	ofName    kind = "name"
	ofDomain  kind = "domain"
	ofAddress kind = "address"
	ofCallID  kind = "call_id"
	ofRecord  kind = "record"
	ofDevice  kind = "device"
	ofTag     kind = "tag"
)

// maxRemembered bounds the cache of pseudonyms.
const maxRemembered = 1 << 16

// mint makes pseudonyms. It may be used from any goroutine.
type mint struct {
	key   []byte
	mu    sync.Mutex
	known map[[2]string][sha256.Size]byte
}

func newMint(key []byte) *mint {
	return &mint{key: key, known: make(map[[2]string][sha256.Size]byte)}
}

func (m *mint) sum(k kind, text string) [sha256.Size]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := [2]string{string(k), text}
	sum, ok := m.known[id]
	if !ok {
		h := hmac.New(sha256.New, m.key)
		h.Write([]byte(k))
		h.Write([]byte{0})
		h.Write([]byte(text))
		h.Sum(sum[:0])
		if len(m.known) >= maxRemembered {
			clear(m.known)
		}
		m.known[id] = sum
	}
	return sum
}

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// word returns a pseudonym of 16 letters and digits, 80 bits.
func (m *mint) word(k kind, text string) string {
	sum := m.sum(k, text)
	return encoding.EncodeToString(sum[:10])
}

// user returns the pseudonym of a user part. All forms of a telephone number have the same one.
func (m *mint) user(text string) string {
	if strings.EqualFold(text, "anonymous") { // RFC 3323: no user
		return text
	}
	return m.word(ofUser, canonicalUser(text))
}

// hex returns a pseudonym of 16 hexadecimal digits.
func (m *mint) hex(k kind, text string) string {
	sum := m.sum(k, text)
	return hex.EncodeToString(sum[:8])
}

// address returns the pseudonym of an address, an address of fd00::/8 (RFC 4193).
func (m *mint) address(a netip.Addr) netip.Addr {
	sum := m.sum(ofAddress, a.Unmap().WithZone("").String())
	var b [16]byte
	copy(b[:], sum[:])
	b[0] = 0xfd
	return netip.AddrFrom16(b)
}

// canonicalUser returns the one form of a user part: without password, parameters and escapes, and a number without what
// separates its digits (RFC 3966 section 5.1.1).
func canonicalUser(s string) string {
	s = unescape(s)
	if i := strings.IndexAny(s, ";:"); i > 0 {
		s = s[:i]
	}
	if digits := numberOf(s); digits != "" {
		return digits
	}
	return s
}

// numberOf returns the digits of a telephone number with the plus sign, "" if s is none.
func numberOf(s string) string {
	var b strings.Builder
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '+' && i == 0:
			b.WriteByte(c)
		case '0' <= c && c <= '9':
			b.WriteByte(c)
			digits++
		case c == '-' || c == '.' || c == '(' || c == ')' || c == ' ':
		default:
			return ""
		}
	}
	if digits == 0 {
		return ""
	}
	return b.String()
}

// unescape undoes %HH (RFC 3261 section 19.1.2).
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b = append(b, c[0])
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}
