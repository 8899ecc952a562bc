package web

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
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
