// Package web is the portal in a browser: routes, middleware, and one file per journey, each of which parses a request,
// makes one call to the domain and shows one view. Rules and permissions are in the domain, not here.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/supplier"
)

// Parts is what the portal is made of.
type Parts struct {
	Words     *locale.Catalogue
	Clauses   *clause.Library
	Questions *questionnaire.Library
	People    *identity.Service
	Directory *supplier.Directory
	Wordings  *adaptation.Clauses
	Askings   *adaptation.Questions
	Annexes   *annex.Service
	Journal   *journal.Journal
	Letters   *mail.Service
	Ready     func(context.Context) error // whether the store answers
	Observe   func(route string, status int, took time.Duration)
	Log       *slog.Logger
	Now       func() time.Time
	Options   Options
}

// Options are the settings of the portal.
type Options struct {
	Version        string   // of the program
	Secure         bool     // the portal is reached over TLS: cookies and HSTS say so
	TrustedProxies []string // addresses whose X-Forwarded-For is believed
	// Public is the address https://… to send visitors to who come in clear past the proxy that speaks TLS; empty: nobody can.
	Public string
	// Exposed says that other machines reach the portal in clear, past no proxy that is named: they are refused.
	Exposed  bool
	Language locale.Language
	Mail     bool // a mail server is set: who has lost their password can be sent a link
}

// Limits on what a request may cost.
const (
	bodyLimit      = 1 << 20
	uploadLimit    = identity.MaxTemplate + 64<<10
	headerLimit    = 16 << 10
	readTimeout    = 30 * time.Second
	writeTimeout   = 60 * time.Second
	idleTimeout    = 90 * time.Second
	requestTimeout = 20 * time.Second
)

// Server is the portal, ready to listen.
type Server struct {
	Parts
	app       *fiber.App
	search    *searchIndex
	downloads map[downloadKey]func() (download, error)
}

// New builds the portal from its parts.
func New(parts Parts) *Server {
	s := &Server{Parts: parts, search: newSearchIndex(parts.Clauses, parts.Questions), downloads: newDownloads(parts)}
	s.app = fiber.New(fiber.Config{
		AppName: "Garant", DisableStartupMessage: true, Immutable: true,
		StreamRequestBody: true, DisablePreParseMultipartForm: true, // nothing of a body is read before its limit is known
		BodyLimit: uploadLimit, ReadBufferSize: headerLimit,
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorHandler:            s.trouble,
		EnableTrustedProxyCheck: true, TrustedProxies: parts.Options.TrustedProxies,
	})
	s.routes()
	return s
}

// Serve answers on a listener until Shutdown.
func (s *Server) Serve(listener net.Listener) error {
	if err := s.app.Listener(listener); err != nil {
		return fmt.Errorf("serve the portal: %w", err)
	}
	return nil
}

// Shutdown stops listening and waits for the requests in flight, as long as ctx allows.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop the portal: %w", err)
	}
	return nil
}
