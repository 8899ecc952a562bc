package frontend

import "github.com/garant-sante/garant/internal/identity"

// SetupForm is what the first visitor gives, as typed. The password is never shown again.
type SetupForm struct {
	Path        string // of the one-time link
	Structure   string
	Address     string
	FINESS      string
	Region      string
	Name        string
	Mail        string
	PasswordMin int // characters
	Errors      Errors
}

// SignInForm is what somebody gives to sign in, as typed. The password is never shown again.
type SignInForm struct {
	Mail   string
	Next   string // where to go afterwards
	Errors Errors

	Passkeys bool              // browsers have passkeys at this address
	Issuers  []identity.Issuer // where somebody may have an account already
}

// logCommands show the log of a program that runs in the background, by how it was started.
func logCommands() []string {
	return []string{"journalctl -u garant | grep /setup/", "docker logs garant 2>&1 | grep /setup/"}
}
