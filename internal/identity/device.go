package identity

import (
	"context"
	"net/netip"
	"strings"

	"github.com/garant-sante/garant/internal/locale"
)

// Browser is where a request comes from, for the list of sessions that a person reads, and so that its attempts are counted
// apart where it is known.
type Browser struct {
	Address   string // IP address
	UserAgent string
	Known     Token           // of RememberBrowser; empty: none
	Request   string          // id of the request, for the journal
	Language  locale.Language // of its reader, for mails; empty: French
}

type browserKey struct{}

// FromBrowser gives a context whose sign-ins note the browser.
func FromBrowser(ctx context.Context, b Browser) context.Context {
	return context.WithValue(ctx, browserKey{}, b)
}

func browserOf(ctx context.Context) Browser {
	b, _ := ctx.Value(browserKey{}).(Browser)
	return b
}

// network shortens an address to the network that a person recognises without being told apart in it: /24 of IPv4, /48 of
// IPv6 (GDPR art. 5.1 c). Empty when it is no address.
func (b Browser) network() string {
	address, err := netip.ParseAddr(b.Address)
	if err != nil {
		return ""
	}
	address = address.Unmap().WithZone("")
	bits := 48
	if address.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(address, bits).Masked().String()
}

// device says in a few words which browser on which system this is, by what it calls itself: "Firefox, Windows". Empty
// parts are unknown.
func (b Browser) device() string {
	var parts []string
	for _, names := range [][][2]string{browserMarks(), systemMarks()} {
		for _, mark := range names {
			if strings.Contains(b.UserAgent, mark[0]) {
				parts = append(parts, mark[1])
				break
			}
		}
	}
	return strings.Join(parts, ", ")
}

// browserMarks are what browsers write, the most telling first: Edge calls itself Chrome too, and Chrome Safari.
func browserMarks() [][2]string {
	return [][2]string{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	}
}

// systemMarks are what systems write; Android calls itself Linux too.
func systemMarks() [][2]string {
	return [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
}
