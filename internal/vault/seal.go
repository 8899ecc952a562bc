package vault

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"

	"github.com/garant-sante/garant/internal/fault"
)

// What a message is for, so that one kind never passes for another.
const (
	wrapping = "wrapped key"
	sealing  = "sealed"
)

const (
	keyIDSize = 16
	envelope1 = 1 // version of the envelope: the version, the key's id, the nonce, the ciphertext and its tag
)

// Overhead is by how many bytes what is sealed is longer: the version, the key's id, a nonce of 12 and a tag of 16.
const Overhead = 1 + keyIDSize + 12 + 16

// Seal seals and opens with one key of one tenant. It may be used by several goroutines. Nonces are drawn, so one key
// seals 2³² messages at most (NIST SP 800-38D §8.3).
type Seal struct {
	tenant string
	id     [keyIDSize]byte
	aead   cipher.AEAD
}

// KeyID names the key, as Wrapped does.
func (s *Seal) KeyID() string { return hex.EncodeToString(s.id[:]) }

// Seal encrypts a secret. What it is about, such as a person's id and a field, is bound to it without being kept: it opens
// only for the same tenant and the same words.
func (s *Seal) Seal(secret []byte, subject ...string) []byte {
	return s.Append(nil, secret, subject...)
}

// Append is Seal onto the end of dst, for what is too large to be copied about: Overhead bytes more than the secret.
func (s *Seal) Append(dst, secret []byte, subject ...string) []byte {
	dst = append(append(dst, envelope1), s.id[:]...)
	return s.aead.Seal(dst, nil, secret, about(sealing, append([]string{s.tenant}, subject...)...))
}

// SealedBy names the key that sealed, empty when it was nothing of the kind.
func SealedBy(sealed []byte) string {
	if len(sealed) < Overhead || sealed[0] != envelope1 {
		return ""
	}
	return hex.EncodeToString(sealed[1 : 1+keyIDSize])
}

// Open gives the secret back. fault.Unavailable("vault.damaged") when it was altered, is about something else or was
// sealed by another key.
func (s *Seal) Open(sealed []byte, subject ...string) ([]byte, error) {
	return s.AppendOpened(nil, sealed, subject...)
}

// AppendOpened is Open onto the end of dst.
func (s *Seal) AppendOpened(dst, sealed []byte, subject ...string) ([]byte, error) {
	const head = 1 + keyIDSize
	if len(sealed) < head || sealed[0] != envelope1 || !bytes.Equal(sealed[1:head], s.id[:]) {
		return nil, fault.NewUnavailable("vault.damaged")
	}
	secret, err := s.aead.Open(dst, nil, sealed[head:], about(sealing, append([]string{s.tenant}, subject...)...))
	if err != nil {
		return nil, fault.NewUnavailable("vault.damaged").Because(err)
	}
	return secret, nil
}

// about joins words so that no two lists give the same bytes.
func about(purpose string, words ...string) []byte {
	var joined []byte
	for _, word := range append([]string{purpose}, words...) {
		joined = binary.BigEndian.AppendUint32(joined, uint32(len(word)))
		joined = append(joined, word...)
	}
	return joined
}
