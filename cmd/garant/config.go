package main

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/pflag"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
)

// Config is every setting of the program. A setting is given by a flag, else by its variable, else it has its default:
// the flag of GARANT_LOG_LEVEL is --log-level. Its meaning in both languages is the message cli.setting.log-level, which
// `garant config`, the help of `garant serve` and docs/configuration.md print.
type Config struct {
	// Addr is where the portal listens: host:port; this machine alone unless it says otherwise. Without a host it listens on every
	// network of the machine.
	Addr string `env:"GARANT_ADDR" envDefault:"localhost:8080"`

	// Data is the folder of the embedded store. It is made when it is missing, for its owner alone.
	Data string `env:"GARANT_DATA" envDefault:"./data"`

	// Store is the address of a MongoDB server, used in the place of Data: mongodb://… or mongodb+srv://….
	Store string `env:"GARANT_STORE" secret:"true"`

	// MasterKey are the master keys that seal the secrets in the store, separated by commas, the one in use first. In the place of
	// MasterKeyFile.
	MasterKey string `env:"GARANT_MASTER_KEY" secret:"true"`

	// MasterKeyFile is a file of master keys, one a line, the one in use first. Empty: for the embedded store, the name of the
	// folder of data with .key after it, made at the first start; for a server, none.
	MasterKeyFile string `env:"GARANT_MASTER_KEY_FILE"`

	// MetricsAddr is where /metrics listens, apart from the portal. Empty: it does not.
	MetricsAddr string `env:"GARANT_METRICS_ADDR"`

	// JournalHeads is the file at the end of which the heads of the journals are noted, at the start and every day. Empty: they
	// are not.
	JournalHeads string `env:"GARANT_JOURNAL_HEADS"`

	// LogLevel is the least serious event that the log keeps.
	LogLevel string `env:"GARANT_LOG_LEVEL" envDefault:"info" allowed:"debug,info,warn,error"`

	// LogFormat is how a line of the log is written: for people or for programs.
	LogFormat string `env:"GARANT_LOG_FORMAT" envDefault:"text" allowed:"text,json"`

	// PublicURL is the address that people type, as links name it. Empty: made from Addr.
	PublicURL string `env:"GARANT_PUBLIC_URL"`

	// TLSCert and TLSKey are the PEM files of a certificate and its key, with which the portal serves TLS itself. Both or
	// neither.
	TLSCert string `env:"GARANT_TLS_CERT"`
	TLSKey  string `env:"GARANT_TLS_KEY"`

	// TrustedProxies are the addresses or networks whose X-Forwarded-For is believed.
	TrustedProxies []string `env:"GARANT_TRUSTED_PROXIES" envSeparator:","`

	// Language is that of messages and of pages until the reader chooses another.
	Language string `env:"GARANT_LANGUAGE" envDefault:"fr" allowed:"fr,en"`

	// SMTP is the mail server: smtps://user@host:465 (TLS from the first byte), smtp://user@host:587 (TLS by STARTTLS,
	// required), or smtp+insecure://127.0.0.1:25 on this machine alone. "?deduplicates=yes" says that it drops a message
	// whose Message-ID it has seen. Empty: no mail leaves, and pages show links to copy.
	SMTP string `env:"GARANT_SMTP" secret:"true"`

	// SMTPPassword is the password of the user of SMTP, in the environment alone: a flag could be read by others.
	SMTPPassword string `env:"GARANT_SMTP_PASSWORD" secret:"whole" flag:"none"`

	// SMTPPasswordFile is a file that holds it, in its place.
	SMTPPasswordFile string `env:"GARANT_SMTP_PASSWORD_FILE"`

	// SMTPCA is a PEM file of certificate authorities that are believed for SMTP, beside those of the machine.
	SMTPCA string `env:"GARANT_SMTP_CA"`

	// MailFrom is who mail comes from: an address, with a name or not. Its domain is that of every Message-ID.
	MailFrom string `env:"GARANT_MAIL_FROM"`

	// PSCIssuer, with the client's id and secret: Pro Santé Connect. The secret is never given by a flag: others could read it.
	PSCIssuer           string `env:"GARANT_PSC_ISSUER"`
	PSCClientID         string `env:"GARANT_PSC_CLIENT_ID"`
	PSCClientSecret     string `env:"GARANT_PSC_CLIENT_SECRET" secret:"whole" flag:"none"`
	PSCClientSecretFile string `env:"GARANT_PSC_CLIENT_SECRET_FILE"`

	// ProConnectIssuer, with the client's id and secret: ProConnect.
	ProConnectIssuer           string `env:"GARANT_PROCONNECT_ISSUER"`
	ProConnectClientID         string `env:"GARANT_PROCONNECT_CLIENT_ID"`
	ProConnectClientSecret     string `env:"GARANT_PROCONNECT_CLIENT_SECRET" secret:"whole" flag:"none"`
	ProConnectClientSecretFile string `env:"GARANT_PROCONNECT_CLIENT_SECRET_FILE"`

	// OIDCIssuer, with the client's id and secret: a provider of OpenID Connect of one's own.
	OIDCIssuer           string `env:"GARANT_OIDC_ISSUER"`
	OIDCClientID         string `env:"GARANT_OIDC_CLIENT_ID"`
	OIDCClientSecret     string `env:"GARANT_OIDC_CLIENT_SECRET" secret:"whole" flag:"none"`
	OIDCClientSecretFile string `env:"GARANT_OIDC_CLIENT_SECRET_FILE"`

	// OIDCLabel is what that provider is called on buttons.
	OIDCLabel string `env:"GARANT_OIDC_LABEL"`

	// OIDCACR are the values of acr to ask it for, OIDCStrong those by which it says that two factors were given.
	OIDCACR    []string `env:"GARANT_OIDC_ACR" envSeparator:","`
	OIDCStrong []string `env:"GARANT_OIDC_STRONG" envSeparator:","`

	// IssuerCA is a PEM file of certificate authorities that are believed for providers, beside those of the machine.
	IssuerCA string `env:"GARANT_ISSUER_CA"`

	// ShutdownGrace is how long requests in flight may take to finish once the program is asked to stop.
	ShutdownGrace time.Duration `env:"GARANT_SHUTDOWN_GRACE" envDefault:"20s"`
}

// setting is one field of Config as its tags describe it.
type setting struct {
	name     string // "log-level": the flag, and the end of the key of its meaning
	variable string // "GARANT_LOG_LEVEL"
	standing string // the default as written
	secret   bool   // what is secret in its value is never shown
	whole    bool   // all of it is secret
	flagless bool   // it has a variable and no flag
	allowed  []string
}

// flag is how the setting is given on the command line; empty when it is not.
func (s setting) flag() string {
	if s.flagless {
		return ""
	}
	return "--" + s.name
}

// settings lists the settings in the order of Config.
func settings() []setting {
	var list []setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		s := setting{variable: tag.Get("env"), standing: tag.Get("envDefault"), secret: tag.Get("secret") != "", whole: tag.Get("secret") == "whole", flagless: tag.Get("flag") == "none"}
		s.name = strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.variable, "GARANT_")), "_", "-")
		if words := tag.Get("allowed"); words != "" {
			s.allowed = strings.Split(words, ",")
		}
		list = append(list, s)
	}
	return list
}

// usage says what a setting is for, the name of its value between backquotes.
func (s setting) usage(p locale.Printer) string { return p.T("cli.setting." + s.name) }

// meaning says what a setting is for, and what it may be where few words are allowed.
func (s setting) meaning(p locale.Printer) string {
	before, name, _ := strings.Cut(s.usage(p), "`")
	name, after, _ := strings.Cut(name, "`")
	text := before + strings.ToLower(name) + after
	if len(s.allowed) > 0 {
		text += " (" + strings.Join(s.allowed, ", ") + ")"
	}
	return text
}

// source is where the value of a setting comes from.
type source string

// The sources of a value.
const (
	fromFlag     source = "flag"
	fromVariable source = "variable"
	fromDefault  source = "default"
)

// addSettings gives a command a flag for each setting of these names, or for all but the language, which every command has.
func (p *program) addSettings(flags *pflag.FlagSet, names ...string) {
	flags.SortFlags = false // in the order of Config
	for _, s := range settings() {
		wanted := len(names) == 0 || slices.Contains(names, s.name)
		if wanted && flags.Lookup(s.name) == nil && !s.flagless && s.variable != languageVariable {
			flags.Var(&text{kind: strings.Join(s.allowed, "|")}, s.name, s.usage(p.printer))
			flags.Lookup(s.name).DefValue = s.standing
		}
	}
}

// loadConfig reads the settings from the flags that were given, the environment and the defaults, checks them, and tells
// where each comes from, by name.
func (p *program) loadConfig(flags *pflag.FlagSet) (Config, map[string]source, error) {
	given := map[string]string{}
	from := map[string]source{}
	for _, s := range settings() {
		from[s.name] = fromDefault
		if value := p.environment[s.variable]; value != "" {
			given[s.variable], from[s.name] = value, fromVariable
		}
		if flag := flags.Lookup(s.name); flag != nil && flag.Changed {
			given[s.variable], from[s.name] = flag.Value.String(), fromFlag
		}
		if value, ok := given[s.variable]; ok {
			if err := s.check(value, from[s.name]); err != nil {
				return Config{}, nil, err
			}
		}
	}
	c, err := env.ParseAsWithOptions[Config](env.Options{Environment: given})
	if err != nil {
		return Config{}, nil, err // a value that check lets through fits its type
	}
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return Config{}, nil, misuse("cli.usage.tls")
	case c.SMTP != "" && c.MailFrom == "":
		return Config{}, nil, misuse("cli.usage.mail-from")
	case c.SMTPPassword != "" && c.SMTPPasswordFile != "":
		return Config{}, nil, misuse("cli.usage.smtp-password")
	}
	if c.MasterKey != "" && c.MasterKeyFile != "" {
		return Config{}, nil, misuse("cli.usage.master-key")
	}
	if err := c.checkIssuers(); err != nil {
		return Config{}, nil, err
	}
	return c, from, nil
}

// check tells whether a value fits a setting; the error names the flag or the variable it came from.
func (s setting) check(value string, from source) error {
	name := s.variable
	if from == fromFlag {
		name = "--" + s.name
	}
	wrong := func(key string) error {
		if s.secret {
			value = hidden(value)
		}
		return misuse(key, "from", name, "value", value, "allowed", strings.Join(s.allowed, ", "))
	}
	switch s.name {
	case "addr", "metrics-addr":
		if _, port, err := net.SplitHostPort(value); value != "" && (err != nil || port == "") {
			return wrong("cli.usage.setting-addr")
		}
	case "store":
		if value != "" && !strings.HasPrefix(value, "mongodb://") && !strings.HasPrefix(value, "mongodb+srv://") {
			return wrong("cli.usage.setting-store")
		}
	case "log-level", "log-format":
		if !slices.Contains(s.allowed, value) {
			return wrong("cli.usage.setting-word")
		}
	case "public-url":
		if u, err := url.Parse(value); value != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "") {
			return wrong("cli.usage.setting-url")
		}
	case "psc-issuer", "proconnect-issuer", "oidc-issuer":
		if value != "" && !identity.Protected(value) {
			return wrong("cli.usage.setting-issuer")
		}
	case "trusted-proxies":
		for _, proxy := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' }) {
			_, notAddress := netip.ParseAddr(proxy)
			_, notNetwork := netip.ParsePrefix(proxy)
			if notAddress != nil && notNetwork != nil {
				return wrong("cli.usage.setting-proxies")
			}
		}
	case "smtp":
		if _, err := mail.ParseServer(value); value != "" && err != nil {
			return misuse("cli.usage.setting-smtp", "from", name, "why", err)
		}
	case "mail-from":
		if _, err := sender(value); value != "" && err != nil {
			return wrong("cli.usage.setting-mail-from")
		}
	case "shutdown-grace":
		if grace, err := time.ParseDuration(value); err != nil || grace < 0 {
			return wrong("cli.usage.setting-duration")
		}
	}
	return nil
}

// value gives the value of a setting as `garant config` shows it.
func (s setting) value(c Config) string {
	v := reflect.ValueOf(c)
	for i, other := range settings() {
		if other.name != s.name {
			continue
		}
		switch field := v.Field(i).Interface().(type) {
		case string:
			switch {
			case s.whole && field != "":
				return "…"
			case s.secret:
				return hidden(field)
			}
			return field
		case []string:
			return strings.Join(field, ",")
		case time.Duration:
			return field.String()
		}
	}
	return ""
}

// hidden gives the address of a server without what is secret in it: user, password and options.
func hidden(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		if address == "" {
			return ""
		}
		return "…"
	}
	rest, _, options := strings.Cut(rest, "?")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = "…" + rest[at:]
	}
	if options {
		rest += "?…"
	}
	return scheme + "://" + rest
}

// level gives the least serious event that the log keeps.
func (c Config) level() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo // check lets nothing else through
	}
	return level
}
