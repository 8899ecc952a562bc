// Command oidctest is a provider of OpenID Connect for tests, on a loopback port: zitadel/oidc with a sign-in page that
// believes whatever it is told. Who signs in, and how, is what the browser writes in login_hint, as JSON, or gives on that
// page; the address of the issuer is the one line it prints. It stops when its standard input ends.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"
)

// persona is somebody at the provider, and how they prove it.
type persona struct {
	Sub      string
	Mail     string
	Verified bool
	ACR      string // empty: the first that was asked for
	AMR      []string
	Since    int    // minutes since they gave their proofs
	Nonce    string // in the place of the one that was asked for
	About    string // sub that the userinfo endpoint tells, in the place of Sub
	Forged   string // what is wrong with the id token; see forgeries
	Refused  bool   // they give up
}

// visit is a request for authentication, answered by a persona.
type visit struct {
	op.AuthRequest
	who   persona
	known bool     // who it is has been said
	asked []string // acr_values
}

func (v visit) GetSubject() string { return v.who.Sub }
func (v visit) GetAMR() []string   { return v.who.AMR }
func (v visit) Done() bool         { return v.known }

func (v visit) GetAuthTime() time.Time {
	return time.Now().Add(-time.Duration(v.who.Since) * time.Minute)
}

func (v visit) GetACR() string {
	if v.who.ACR == "" && len(v.asked) > 0 {
		return v.asked[0]
	}
	return v.who.ACR
}

func (v visit) GetNonce() string {
	if v.who.Nonce != "" {
		return v.who.Nonce
	}
	return v.AuthRequest.GetNonce()
}

// client may be sent back to after signing out.
type client struct{ op.Client }

func (c client) PostLogoutRedirectURIs() []string {
	return append(strings.Fields(os.Getenv("OIDCTEST_SIGNED_OUT")), "https://garant.example/", "https://garant.example/sign-in")
}

// keeper is the example's storage in memory, with personas.
type keeper struct {
	*storage.Storage
	mu     sync.Mutex
	visits map[string]visit
	known  map[string]persona // by sub
}

func (k *keeper) CreateAuthRequest(ctx context.Context, asked *oidc.AuthRequest, user string) (op.AuthRequest, error) {
	request, err := k.Storage.CreateAuthRequest(ctx, asked, user)
	if err != nil {
		return nil, err
	}
	v := visit{AuthRequest: request, asked: asked.ACRValues, known: asked.LoginHint != ""}
	if v.known {
		if err := json.Unmarshal([]byte(asked.LoginHint), &v.who); err != nil {
			return nil, oidc.ErrInvalidRequest().WithDescription("login_hint: %v", err)
		}
	}
	k.keep(v)
	return v, nil
}

func (k *keeper) keep(v visit) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.visits[v.GetID()], k.known[v.who.Sub] = v, v.who
}

func (k *keeper) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.visits[id]
	if !ok {
		return nil, fmt.Errorf("no request %s", id)
	}
	return v, nil
}

func (k *keeper) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	request, err := k.Storage.AuthRequestByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	return k.AuthRequestByID(ctx, request.GetID())
}

func (k *keeper) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	found, err := k.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{found}, nil
}

func (k *keeper) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, _ []string) error {
	info.Subject = request.GetSubject()
	return nil
}

func (k *keeper) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, subject, _ string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	who := k.known[subject]
	info.Subject, info.Name = who.Sub, "Camille Achats"
	if who.About != "" {
		info.Subject = who.About
	}
	info.Email, info.EmailVerified = who.Mail, oidc.Bool(who.Verified)
	return nil
}

func (k *keeper) TerminateSession(context.Context, string, string) error { return nil }

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := "http://" + listener.Addr().String()
	clients := map[string]*storage.Client{"garant": storage.WebClient("garant", "secret", strings.Fields(os.Getenv("OIDCTEST_REDIRECTS"))...)}
	k := &keeper{Storage: storage.NewStorageWithClients(storage.NewUserStore(issuer), clients), visits: map[string]visit{}, known: map[string]persona{}}
	provider, err := op.NewProvider(&op.Config{CodeMethodS256: true, SupportedUILocales: []language.Tag{language.French}}, k, op.StaticIssuer(issuer), op.WithAllowInsecure())
	if err != nil {
		return err
	}
	back := op.AuthCallbackURL(provider)
	routes := http.NewServeMux()
	routes.Handle("/", provider)
	routes.Handle("/oauth/token", forging{provider, k})
	routes.HandleFunc("/.well-known/wallet-openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/.well-known/openid-configuration" // another name for it
		provider.ServeHTTP(w, r)
	})
	routes.HandleFunc("/login/", func(w http.ResponseWriter, r *http.Request) {
		k.login(w, r, back(op.ContextWithIssuer(r.Context(), issuer), r.FormValue("authRequestID")))
	})
	server := &http.Server{Handler: routes, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	fmt.Println(issuer)
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
