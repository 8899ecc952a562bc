package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/garant-sante/garant/internal/fault"
)

// Purpose is why somebody is sent to an issuer.
type Purpose string

// The purposes.
const (
	ToSignIn Purpose = "sign-in" // by a browser with a token of NewToken
	ToBind   Purpose = "bind"    // in a fresh session: the account there becomes a way to sign in here
	ToProve  Purpose = "prove"   // in a session: a proof anew
	ToJoin   Purpose = "join"    // by a browser that holds an invitation: tells who they are, opens nothing
)

// issuerAsked is what is awaited of an issuer.
type issuerAsked struct {
	Issuer   string
	Purpose  Purpose
	State    string
	Nonce    string
	Verifier string // of PKCE
}

// Subject is somebody as an issuer knows them.
type Subject struct {
	Issuer   string // URL
	Sub      string // unique at the issuer, for ever
	Mail     string // in lower case; empty when the issuer gave none
	Verified bool   // the issuer says that it has checked the mail address
	Name     string
	Strong   bool      // two factors were given there
	At       time.Time // when they were given; zero: the issuer does not say
	idToken  string
}

// AskIssuer gives the address to send a browser to. The answer is awaited from this browser alone, once, for five minutes:
// code flow with PKCE, state and nonce (RFC 9700 §2.1.1, OpenID Connect Core §3.1.2.1, OWASP ASVS 5.0.0 10.2.1, 10.5.1).
func (s *Service) AskIssuer(ctx context.Context, token Token, issuer string, purpose Purpose, network string) (string, error) {
	if err := s.mayAskIssuer(ctx, token, purpose, network); err != nil {
		return "", err
	}
	r, err := s.relation(ctx, issuer)
	if err != nil {
		return "", err
	}
	state, err := newToken()
	if err != nil {
		return "", err
	}
	nonce, err := newToken()
	if err != nil {
		return "", err
	}
	asked := issuerAsked{Issuer: issuer, Purpose: purpose, State: string(state), Nonce: string(nonce), Verifier: oauth2.GenerateVerifier()}
	if err := s.ask(ctx, token, issuerAnswer, "", asked); err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(asked.Nonce), oauth2.S256ChallengeOption(asked.Verifier)}
	terms := r.terms()
	if len(terms.asked) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(terms.asked, " ")))
	}
	if terms.claims != "" {
		options = append(options, oauth2.SetAuthURLParam("claims", terms.claims))
	}
	if purpose == ToProve {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
		if !terms.ageless {
			options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
		}
	}
	return r.oauth().AuthCodeURL(asked.State, options...), nil
}

func (s *Service) mayAskIssuer(ctx context.Context, token Token, purpose Purpose, network string) error {
	switch purpose {
	case ToSignIn, ToJoin:
		return s.attempts.allow(s.Now(), "challenge "+network, challengesPerNetwork)
	case ToBind:
		_, _, err := s.mayChange(ctx, token)
		return err
	case ToProve:
		_, err := s.SessionOf(ctx, token)
		return err
	}
	return fault.NewNotFound("not-found")
}

// heard checks what an issuer answered to the address it sends browsers back to, and tells who it is. Whatever is wrong
// with it is fault.Invalid("identity.issuer-answer"), or ("identity.issuer-clock") for a time that is not that of here;
// somebody who gave up there is fault.Invalid("identity.issuer-refused"), one who was asked for a proof anew and gave none
// fault.Invalid("identity.issuer-old-proof").
func (s *Service) heard(ctx context.Context, token Token, issuer string, query url.Values) (Subject, Purpose, error) {
	var asked issuerAsked
	if _, err := s.answered(ctx, token, issuerAnswer, &asked); err != nil {
		return Subject{}, "", err
	}
	wrong := func(err error) (Subject, Purpose, error) {
		return Subject{}, "", fault.NewInvalid("identity.issuer-answer").Because(err)
	}
	if asked.Issuer != issuer || subtle.ConstantTimeCompare([]byte(asked.State), []byte(query.Get("state"))) != 1 {
		return wrong(errors.New("the state or the issuer is not the one that was asked"))
	}
	r, err := s.relation(ctx, issuer)
	if err != nil {
		return Subject{}, "", err
	}
	if from := query.Get("iss"); from != "" && from != r.URL { // RFC 9207 §2.4
		return wrong(fmt.Errorf("the answer is of %q", from))
	}
	if code := query.Get("error"); code != "" {
		return Subject{}, "", fault.NewInvalid("identity.issuer-refused", "name", r.Label).Because(fmt.Errorf("%s answers %q: %q", r.URL, code, query.Get("error_description")))
	}
	subject, err := r.exchange(ctx, query.Get("code"), asked, s.Now)
	var over *oidc.TokenExpiredError
	if errors.As(err, &over) {
		return Subject{}, "", fault.NewInvalid("identity.issuer-clock", "name", r.Label).Because(err)
	}
	if err != nil {
		return wrong(err)
	}
	if asked.Purpose == ToProve && (subject.At.IsZero() || s.Now().Sub(subject.At) >= freshFor) {
		return Subject{}, "", fault.NewInvalid("identity.issuer-old-proof", "name", r.Label)
	}
	return subject, asked.Purpose, nil
}

// said are the claims that are read.
type said struct {
	Subject    string   `json:"sub"`
	Mail       string   `json:"email"`
	Verified   any      `json:"email_verified"` // some write it as a text
	Name       string   `json:"name"`
	Given      string   `json:"given_name"`
	Usual      string   `json:"usual_name"`
	Family     string   `json:"family_name"`
	ACR        string   `json:"acr"`
	AMR        []string `json:"amr"`
	AuthTime   int64    `json:"auth_time"`
	Authorized string   `json:"azp"`
}

// exchange turns a code into a subject: the id token is checked for its signature, issuer, audience, time, nonce and
// access token (OpenID Connect Core §3.1.3.7).
func (r *relation) exchange(ctx context.Context, code string, asked issuerAsked, now func() time.Time) (Subject, error) {
	ctx = r.context(ctx)
	tokens, err := r.oauth().Exchange(ctx, code, oauth2.VerifierOption(asked.Verifier))
	if err != nil {
		return Subject{}, fmt.Errorf("exchange a code: %w", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	idToken, err := r.provider.VerifierContext(ctx, &oidc.Config{ClientID: r.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return Subject{}, fmt.Errorf("verify an id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(idToken.Nonce), []byte(asked.Nonce)) != 1 {
		return Subject{}, errors.New("the id token has another nonce")
	}
	if idToken.AccessTokenHash != "" {
		if err := idToken.VerifyAccessToken(tokens.AccessToken); err != nil {
			return Subject{}, fmt.Errorf("verify an access token: %w", err)
		}
	}
	var claims said
	if err := idToken.Claims(&claims); err != nil {
		return Subject{}, fmt.Errorf("read an id token: %w", err)
	}
	if len(idToken.Audience) > 1 && claims.Authorized != r.ClientID {
		return Subject{}, errors.New("the id token was made for another client")
	}
	subject := Subject{Issuer: r.URL, Sub: idToken.Subject, Strong: r.twoFactors(claims.ACR, claims.AMR), idToken: raw}
	if claims.AuthTime > 0 {
		subject.At = time.Unix(claims.AuthTime, 0).UTC()
	}
	if subject.Sub == "" {
		return Subject{}, errors.New("the id token names nobody")
	}
	if claims.Mail == "" || claims.Name == "" {
		if err := r.userInfo(ctx, tokens, &claims); err != nil {
			return Subject{}, err
		}
	}
	subject.describe(claims)
	return subject, nil
}

// userInfo completes the claims with what the issuer says of the same person elsewhere: their mail address and name alone.
func (r *relation) userInfo(ctx context.Context, tokens *oauth2.Token, claims *said) error {
	if r.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := r.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("ask who signed in: %w", err)
	}
	if info.Subject != claims.Subject {
		return errors.New("the issuer speaks of somebody else") // OpenID Connect Core §5.3.2
	}
	var more said
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("read who signed in: %w", err)
	}
	if claims.Mail == "" {
		claims.Mail, claims.Verified = more.Mail, more.Verified
	}
	if claims.Name == "" {
		claims.Name, claims.Given, claims.Usual, claims.Family = more.Name, more.Given, more.Usual, more.Family
	}
	return nil
}

func (x *Subject) describe(claims said) {
	if address, ok := validMail(claims.Mail); ok {
		x.Mail, x.Verified = address, claims.Verified == true || claims.Verified == "true"
	}
	last := claims.Usual
	if last == "" {
		last = claims.Family
	}
	x.Name = claims.Name
	if x.Name == "" {
		x.Name = strings.Join(slices.DeleteFunc([]string{claims.Given, last}, func(s string) bool { return s == "" }), " ")
	}
}
