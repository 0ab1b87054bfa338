package tls

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func line(label string, n byte, size int) string {
	return fmt.Sprintf("%s %s %s\n", label, strings.Repeat(hex.EncodeToString([]byte{n}), 32), strings.Repeat("ab", size))
}

func TestKeyLog(t *testing.T) {
	k := NewKeys(10)
	found := k.AddLog([]byte("# comment\r\n\n" + line("CLIENT_RANDOM", 1, 48) + line("SERVER_TRAFFIC_SECRET_0", 1, 32) + line("EXPORTER_SECRET", 1, 32) +
		line("CLIENT_TRAFFIC_SECRET_1", 1, 32) + "nonsense\n" + line("CLIENT_RANDOM", 2, 47) + strings.TrimSuffix(line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", 3, 48), "\n")))
	if found != (Lines{Secrets: 3, Other: 2, Broken: 2}) {
		t.Errorf("%+v", found)
	}
	random := [32]byte(bytes.Repeat([]byte{1}, 32))
	if s := k.secret(serverTraffic, &random); s.n != 32 || s.b[31] != 0xab {
		t.Errorf("secret of %d bytes", s.n)
	}
}

// The oldest secrets go when there are too many, those in use do not.
func TestKeysAreBounded(t *testing.T) {
	k := NewKeys(3)
	used := [32]byte(bytes.Repeat([]byte{1}, 32))
	for i := byte(1); i < 100; i++ {
		k.AddLog([]byte(line("CLIENT_RANDOM", i, 48)))
		if i == 1 {
			k.use(&used)
		}
	}
	if s := k.secret(masterSecret, &used); s.n == 0 || len(k.logged) > 3 || len(k.order) > 6 || k.Dropped() != 96 {
		t.Errorf("%d in the store, %d in the order, %d dropped, the one in use has %d bytes", len(k.logged), len(k.order), k.Dropped(), s.n)
	}
	k.release(&used)
	if s := k.secret(masterSecret, &used); s.n != 0 {
		t.Error("the secret of an ended connection is left")
	}
	k.Wipe()
	if len(k.logged) != 0 {
		t.Error("secrets are left")
	}
}

func FuzzKeyLog(f *testing.F) {
	f.Add([]byte(line("CLIENT_RANDOM", 1, 48) + line("SERVER_TRAFFIC_SECRET_0", 1, 32) + "#\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k := NewKeys(4)
		found := k.AddLog(text)
		if n := found.Secrets + found.Other + found.Broken; n > bytes.Count(text, []byte("\n"))+1 || len(k.logged) > 4 {
			t.Errorf("%+v of %d lines", found, n)
		}
	})
}

// What is sealed is opened, and what was changed is not. TestOpenSSL shows that others seal it so.
func TestCCM(t *testing.T) {
	block, err := aes.NewCipher(bytes.Repeat([]byte{7}, 16))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []int{8, 16} {
		for size := range 70 {
			c := &ccmMode{block: block, tag: tag}
			nonce, extra, plain := []byte("twelve bytes"), []byte("thirteen here"), bytes.Repeat([]byte{byte(size)}, size)
			sealed := sealCCM(c, nonce, plain, extra)
			got, ok := c.open([]byte("x"), nonce, sealed, extra)
			if !ok || string(got) != "x"+string(plain) {
				t.Errorf("tag of %d, %d bytes: %q %v", tag, size, got, ok)
			}
			sealed[size/2] ^= 1
			if got, ok := c.open(nil, nonce, sealed, extra); ok || len(got) > 0 {
				t.Error("a changed message is authentic")
			}
		}
	}
}

// sealCCM encrypts with the parts of ccmMode.
func sealCCM(c *ccmMode, nonce, plain, extra []byte) []byte {
	c.authenticate(nonce, extra, plain)
	tag := c.mac
	c.ctr = [16]byte{0: 2}
	copy(c.ctr[1:], nonce)
	var first [16]byte
	c.block.Encrypt(first[:], c.ctr[:])
	var out []byte
	for i, x := range plain {
		if i%16 == 0 {
			c.count()
			c.block.Encrypt(c.pad[:], c.ctr[:])
		}
		out = append(out, x^c.pad[i%16])
	}
	for i := range c.tag {
		out = append(out, tag[i]^first[i])
	}
	return out
}
