package keylog

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"sipspan/reassembly/tls"
)

// interval is how often a key log is looked at while it is followed.
const interval = 100 * time.Millisecond

// Follower reads key logs into a tls.Keys. One goroutine uses it.
type Follower struct {
	files []*file
	log   *slog.Logger
}

// Follow returns a Follower of files, of which nothing was read yet.
func Follow(paths []string, keys *tls.Keys, log *slog.Logger) *Follower {
	f := &Follower{log: log}
	for _, path := range paths {
		f.files = append(f.files, &file{path: path, keys: keys})
	}
	return f
}

// Load reads all files to their ends. Its error names those that could not be read and those that hold no secrets.
func (f *Follower) Load() error {
	var errs []error
	for _, file := range f.files {
		err := file.poll()
		file.last()
		file.close()
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("tls.key_log: %w", err))
		case file.lines.Secrets == 0 && file.lines.Broken > 0:
			errs = append(errs, fmt.Errorf("tls.key_log: %s: no key log: lines of a label, a client random and a secret are expected", file.path))
		}
	}
	return errors.Join(errs...)
}

// Poll reads what was appended to the files since the last call, and logs a file that cannot be read when that changes.
func (f *Follower) Poll() {
	for _, file := range f.files {
		err := file.poll()
		switch {
		case err != nil && file.fault == nil:
			f.log.Warn("cannot read the key log; TLS is not decrypted until it can be read", "file", file.path, "error", err)
		case err == nil && file.fault != nil:
			f.log.Info("the key log can be read", "file", file.path)
		}
		file.fault = err
	}
}

// Run polls until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		f.Poll()
		select {
		case <-tick.C:
		case <-ctx.Done():
			for _, file := range f.files {
				file.close()
			}
			return
		}
	}
}

// AddPrivateKeys reads PEM files with RSA keys: PKCS #8 or PKCS #1, several to a file, other blocks passed over.
func AddPrivateKeys(paths []string, keys *tls.Keys) error {
	var errs []error
	for _, path := range paths {
		if err := addPrivateKeys(path, keys); err != nil {
			errs = append(errs, fmt.Errorf("tls.private_keys: %w", err))
		}
	}
	return errors.Join(errs...)
}

func addPrivateKeys(path string, keys *tls.Keys) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	defer clear(text)
	found := 0
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		key, err := rsaKey(block)
		clear(block.Bytes)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", path, err)
		case key != nil:
			keys.AddPrivateKey(key)
			found++
		}
	}
	if found == 0 {
		return fmt.Errorf("%s: no private key in PEM", path)
	}
	return nil
}

// rsaKey returns the RSA key of a block, nil if it holds something else than a key. No error quotes the block.
func rsaKey(block *pem.Block) (*rsa.PrivateKey, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		if block.Headers["DEK-Info"] != "" {
			return nil, errors.New("the private key is encrypted")
		}
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the private key cannot be read")
		}
		return key, nil
	case "PRIVATE KEY":
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the private key cannot be read")
		}
		key, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			return nil, errors.New("the private key is no RSA key: only the key exchange RSA can be opened")
		}
		return key, nil
	case "EC PRIVATE KEY":
		return nil, errors.New("the private key is no RSA key: only the key exchange RSA can be opened")
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the private key is encrypted")
	}
	return nil, nil
}
