package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/garant-sante/garant/internal/fault"
)

// issuers are those of the portal, each discovered when it is first used.
type issuers struct {
	client *http.Client
	list   []Issuer
	mu     sync.Mutex
	found  map[string]*metadata
}

// metadata is what an issuer publishes of itself.
type metadata struct {
	provider   *oidc.Provider
	endSession string // empty: it offers no way to sign out there
}

const (
	issuerTimeout = 10 * time.Second
	maxMetadata   = 256 << 10 // bytes
)

// signatures are the algorithms that an id token may be signed with, of those that its issuer announces: all by a key that
// only the issuer has (RFC 8725 §3.1, OWASP ASVS 5.0.0 9.1.2).
func signatures() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
}

// UseIssuers gives the providers of OpenID Connect, at start. It does not reach them: one that is down stops nobody else.
// fault.Invalid("identity.issuer-settings") names one that cannot be used. A nil client is one with a time limit.
func (s *Service) UseIssuers(list []Issuer, client *http.Client) error {
	if client == nil {
		client = &http.Client{Timeout: issuerTimeout}
	}
	seen := map[string]bool{}
	for _, i := range list {
		if err := i.check(); err != nil {
			return err
		}
		if seen[i.ID] || seen[i.RedirectURL] {
			return fault.NewInvalid("identity.issuer-settings", "issuer", i.ID)
		}
		seen[i.ID], seen[i.RedirectURL] = true, true
	}
	s.proofs.issuers = &issuers{client: client, list: list, found: map[string]*metadata{}}
	return nil
}

// Issuers lists the providers that the sign-in page offers; secrets are left out.
func (s *Service) Issuers() []Issuer {
	if s.proofs.issuers == nil {
		return nil
	}
	shown := slices.Clone(s.proofs.issuers.list)
	for n := range shown {
		shown[n].ClientSecret = ""
	}
	return shown
}

// relation is an issuer that was reached, for one request.
type relation struct {
	Issuer
	*metadata
	client *http.Client
}

// relation finds an issuer: fault.NotFound when the portal has none of that id, fault.Unavailable when it cannot be reached.
func (s *Service) relation(ctx context.Context, id string) (*relation, error) {
	all := s.proofs.issuers
	if all == nil {
		return nil, fault.NewNotFound("not-found")
	}
	at := slices.IndexFunc(all.list, func(i Issuer) bool { return i.ID == id })
	if at < 0 {
		return nil, fault.NewNotFound("not-found")
	}
	r := &relation{Issuer: all.list[at], client: all.client}
	all.mu.Lock()
	r.metadata = all.found[id]
	all.mu.Unlock()
	if r.metadata != nil {
		return r, nil
	}
	found, err := r.discover(ctx)
	if err != nil {
		return nil, fault.NewUnavailable("identity.issuer-away", "name", r.Label).Because(fmt.Errorf("discover %s: %w", r.URL, err))
	}
	all.mu.Lock()
	all.found[id] = found
	all.mu.Unlock()
	r.metadata = found
	return r, nil
}

// discover reads what the issuer publishes of itself, where its profile publishes it. It must name itself letter by letter
// as the settings do, or another could speak for it (OpenID Connect Discovery 1.0 §4.3).
func (r *relation) discover(ctx context.Context) (*metadata, error) {
	known := r.terms().known
	if known == "" {
		known = "openid-configuration"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(r.URL, "/")+"/.well-known/"+known, nil)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxMetadata))
	if err != nil {
		return nil, err
	}
	var published struct {
		oidc.ProviderConfig
		EndSession string `json:"end_session_endpoint"`
	}
	if err := json.Unmarshal(body, &published); err != nil {
		return nil, fmt.Errorf("its metadata cannot be read: %w", err)
	}
	if published.IssuerURL != r.URL {
		return nil, fmt.Errorf("it calls itself %q", published.IssuerURL)
	}
	for _, address := range []string{published.AuthURL, published.TokenURL, published.JWKSURL} {
		if !Protected(address) {
			return nil, fmt.Errorf("it answers at %q, which is not protected", address)
		}
	}
	published.Algorithms = slices.DeleteFunc(published.Algorithms, func(name string) bool { return !slices.Contains(signatures(), name) })
	if len(published.Algorithms) == 0 {
		return nil, errors.New("it signs by no algorithm that is taken")
	}
	found := &metadata{provider: published.NewProvider(r.context(context.WithoutCancel(ctx)))} // it fetches keys later too
	if Protected(published.EndSession) {
		found.endSession = published.EndSession
	}
	return found, nil
}

func (r *relation) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, r.client)
}

func (r *relation) oauth() *oauth2.Config {
	return &oauth2.Config{
		ClientID: r.ClientID, ClientSecret: r.ClientSecret, Endpoint: r.provider.Endpoint(), RedirectURL: r.RedirectURL, Scopes: r.terms().scopes,
	}
}
