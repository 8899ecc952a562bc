// Package vault keeps secrets unreadable to whoever holds the store alone. A master key, kept outside of the store, wraps
// keys of tenants; those seal what is kept. Replacing the master key wraps the same tenant keys anew: nothing they sealed
// is written again. Everything is AES-256-GCM of the standard library (OWASP ASVS 5.0.0 11.3.2).
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

const (
	keySize = 32
	// masterPrefix begins the text of a master key, so that a person and a scanner of leaked secrets recognise it.
	masterPrefix = "garant-master-1-"
)

// NewMaster draws a master key and gives its text, as ParseMasters reads it.
func NewMaster() (string, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return "", fmt.Errorf("draw a master key: %w", err)
	}
	return masterPrefix + base64.RawURLEncoding.EncodeToString(key), nil
}

// Masters are the master keys of a portal: the one that wraps, and those it has replaced, which still unwrap.
type Masters struct{ keys []master }

type master struct {
	id   string // made from the key: two keys never share it
	wrap cipher.AEAD
}

// ParseMasters reads master keys, one a line or separated by commas, the one in use first; what follows a # is a remark.
// fault.Invalid when there is none, or when one is damaged; the fault does not repeat what was read.
func ParseMasters(text string) (*Masters, error) {
	m := &Masters{}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, ",", "\n"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		encoded, ok := strings.CutPrefix(line, masterPrefix)
		key, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
		if !ok || err != nil || len(key) != keySize {
			return nil, fault.NewInvalid("vault.bad-master", "number", len(m.keys)+1)
		}
		one, err := newMaster(key)
		if err != nil {
			return nil, err
		}
		m.keys = append(m.keys, one)
	}
	if len(m.keys) == 0 {
		return nil, fault.NewInvalid("vault.no-master")
	}
	return m, nil
}

// newMaster derives from a key what wraps and what names it (RFC 5869), so that neither tells the other.
func newMaster(key []byte) (master, error) {
	name, err := hkdf.Key(sha256.New, key, nil, "garant master key name", 8)
	if err != nil {
		return master{}, fmt.Errorf("name a master key: %w", err)
	}
	secret, err := hkdf.Key(sha256.New, key, nil, "garant master key wrapping", keySize)
	if err != nil {
		return master{}, fmt.Errorf("derive a master key: %w", err)
	}
	wrap, err := gcm(secret)
	return master{hex.EncodeToString(name), wrap}, err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return aead, nil
}

// Current names the master key that wraps. A name tells nothing of its key and may be logged.
func (m *Masters) Current() string { return m.keys[0].id }

// Wrapped is a tenant's key as it is stored: of no use without the master key it names.
type Wrapped struct {
	ID     string `bson:"id"`     // of the tenant's key, 32 hexadecimal digits
	Master string `bson:"master"` // name of the master key that wraps it
	Key    []byte `bson:"key"`
}

// NewKey draws a key for a tenant and wraps it with the current master key.
func (m *Masters) NewKey(tenant string) (Wrapped, error) {
	drawn := make([]byte, keyIDSize+keySize)
	if _, err := rand.Read(drawn); err != nil {
		return Wrapped{}, fmt.Errorf("draw a key for %s: %w", tenant, err)
	}
	return m.wrapped(tenant, hex.EncodeToString(drawn[:keyIDSize]), drawn[keyIDSize:]), nil
}

func (m *Masters) wrapped(tenant, id string, key []byte) Wrapped {
	current := m.keys[0]
	return Wrapped{ID: id, Master: current.id, Key: current.wrap.Seal(nil, nil, key, about(wrapping, tenant, id, current.id))}
}

// Open unwraps a tenant's key. fault.Unavailable("vault.master-missing") when the master key it names was not given, and
// fault.Unavailable("vault.damaged") when it is another tenant's or was altered.
func (m *Masters) Open(tenant string, w Wrapped) (*Seal, error) {
	key, err := m.unwrap(tenant, w)
	if err != nil {
		return nil, err
	}
	id, err := hex.DecodeString(w.ID)
	if err != nil || len(id) != keyIDSize {
		return nil, fault.NewUnavailable("vault.damaged")
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return &Seal{tenant: tenant, id: [keyIDSize]byte(id), aead: aead}, nil
}

func (m *Masters) unwrap(tenant string, w Wrapped) ([]byte, error) {
	for _, one := range m.keys {
		if one.id != w.Master {
			continue
		}
		key, err := one.wrap.Open(nil, nil, w.Key, about(wrapping, tenant, w.ID, w.Master))
		if err != nil || len(key) != keySize {
			return nil, fault.NewUnavailable("vault.damaged").Because(err)
		}
		return key, nil
	}
	return nil, fault.NewUnavailable("vault.master-missing", "key", w.Master)
}

// Rewrap wraps the same key with the current master key, and tells whether that changed anything. What the key sealed
// stays as it is. The faults are those of Open.
func (m *Masters) Rewrap(tenant string, w Wrapped) (Wrapped, bool, error) {
	if w.Master == m.Current() {
		return w, false, nil
	}
	key, err := m.unwrap(tenant, w)
	if err != nil {
		return Wrapped{}, false, err
	}
	return m.wrapped(tenant, w.ID, key), true, nil
}
