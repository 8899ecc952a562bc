package web

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/internal/fault"
)

// network is the address that a request comes from, by which attempts are counted. Behind trusted proxies it is the last
// of X-Forwarded-For that no trusted proxy has: what stands before it is what the visitor wrote, and proves nothing.
func (s *Server) network(c *fiber.Ctx) string {
	address := c.IP()
	var hops []string
	for _, header := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(header), ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		if !s.trusted(address) {
			break
		}
		named, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = named.Unmap().String()
	}
	return address
}

// encrypted lets nobody in who came in clear, where a proxy speaks TLS (OWASP ASVS 5.0.0 12.2.1): whoever is neither that
// proxy nor on this machine, or whom the proxy says came so. Those who read are sent to the public address; what a form held
// has been seen on the way already, so it is refused. Where nothing speaks TLS at all, only this machine is let in.
func (s *Server) encrypted(c *fiber.Ctx) error {
	if s.Options.Public == "" && !s.Options.Exposed {
		return c.Next()
	}
	from := c.Context().RemoteIP()
	if (from.IsLoopback() || s.trusted(from.String())) && !strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "http") {
		return c.Next()
	}
	if s.Options.Exposed {
		return fault.NewForbidden("web.in-clear-beyond")
	}
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return fault.NewForbidden("web.in-clear", "address", s.Options.Public)
	}
	return c.Redirect(s.Options.Public+safePath(c.OriginalURL()), fiber.StatusPermanentRedirect)
}

// trusted reports whether an address is that of a trusted proxy.
func (s *Server) trusted(address string) bool {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	at = at.Unmap()
	return slices.ContainsFunc(s.Options.TrustedProxies, func(proxy string) bool {
		if network, err := netip.ParsePrefix(proxy); err == nil {
			return network.Contains(at)
		}
		one, err := netip.ParseAddr(proxy)
		return err == nil && one.Unmap() == at
	})
}
