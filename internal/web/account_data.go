package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// namePage asks for another name; a fresh proof first.
func (s *Server) namePage(c *fiber.Ctx) error {
	own, err := s.fresh(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.NamePage(s.view(c), frontend.LineForm{Value: own.Name}))
}

func (s *Server) changeName(c *fiber.Ctx) error {
	form := frontend.LineForm{Value: c.FormValue("name")}
	err := s.People.ChangeName(c.UserContext(), sessionToken(c), form.Value)
	if err == nil {
		return s.done(c, "/account", "account.done.name")
	}
	if !correctable(err) {
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.NamePage(s.view(c), form))
}

// addressPage asks for another mail address, where a letter can prove that it is read.
func (s *Server) addressPage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.AddressPage(s.view(c), frontend.LineForm{CanMail: s.Options.Mail}))
}

func (s *Server) askAddress(c *fiber.Ctx) error {
	form := frontend.LineForm{Value: strings.TrimSpace(c.FormValue("mail")), CanMail: s.Options.Mail}
	err := s.People.AskMailChange(c.UserContext(), sessionToken(c), form.Value)
	if err == nil {
		form.Sent = true
		return s.page(c, fiber.StatusOK, frontend.AddressPage(s.view(c), form))
	}
	if !correctable(err) {
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.AddressPage(s.view(c), form))
}

// newAddressPage is where the link sent to a new address leads. Looking at it uses nothing up.
func (s *Server) newAddressPage(c *fiber.Ctx) error {
	to, err := s.People.MailChangeOf(c.UserContext(), sessionToken(c), identity.Token(c.Params("token")))
	if err != nil {
		return err
	}
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.NewAddressPage(s.view(c), "/account/address/"+url.PathEscape(c.Params("token")), to))
}

func (s *Server) confirmAddress(c *fiber.Ctx) error {
	if err := s.People.ConfirmMailChange(c.UserContext(), sessionToken(c), identity.Token(c.Params("token"))); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.address")
}

// ownData is all that is kept of a person, in every package.
type ownData struct {
	identity.OwnData
	Mail    []mail.Preference `json:"choices_about_mail"`
	Letters []ownLetter       `json:"letters"`
	Journal []ownAct          `json:"acts_in_journals"`
	Note    string            `json:"note"`
}

type ownLetter struct {
	Kind    mail.Kind  `json:"kind"`
	To      string     `json:"to"`
	State   mail.State `json:"state"`
	Changed time.Time  `json:"changed"`
}

type ownAct struct {
	Place  string    `json:"place"`
	When   time.Time `json:"when"`
	Act    string    `json:"act"`
	Role   string    `json:"role"`
	Object string    `json:"object"`
}

// dataPage says what the file holds; a fresh proof first.
func (s *Server) dataPage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.DataPage(s.view(c)))
}

// downloadData gives a person what is kept of them, as JSON.
func (s *Server) downloadData(c *fiber.Ctx) error {
	own, err := s.People.OwnData(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	data := ownData{OwnData: own, Mail: []mail.Preference{}, Letters: []ownLetter{}, Journal: []ownAct{}, Note: s.printer(c).T("account.data.note")}
	chosen, err := s.Letters.Preferences(c.UserContext(), own.Person)
	if err != nil {
		return err
	}
	data.Mail = append(data.Mail, chosen.Kinds...)
	tenants, names := []store.Tenant{store.System}, []string{""}
	for _, place := range own.Places {
		tenants, names = append(tenants, place.In.Tenant()), append(names, place.Name)
	}
	for i, tenant := range tenants {
		letters, err := s.Letters.ToPerson(c.UserContext(), tenant, own.Person)
		if err != nil {
			return err
		}
		for _, e := range letters {
			data.Letters = append(data.Letters, ownLetter{e.Kind, e.To.Mail, e.State, e.Changed})
		}
		err = s.Journal.Each(c.UserContext(), tenant, journal.Filter{Who: own.Person}, func(e *journal.Entry) error {
			data.Journal = append(data.Journal, ownAct{names[i], e.When, e.Kind, e.Role, e.Object})
			return nil
		})
		if err != nil {
			return err
		}
	}
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return fmt.Errorf("write the data of a person: %w", err)
	}
	return attachment(c, s.printer(c).T("account.data.file"), fiber.MIMEApplicationJSONCharsetUTF8, append(body, '\n'))
}

// erasePage asks before one's account is erased; a fresh proof first.
func (s *Server) erasePage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.ErasePage(s.view(c), nil))
}

func (s *Server) erase(c *fiber.Ctx) error {
	err := s.People.Erase(c.UserContext(), sessionToken(c))
	if err == nil {
		s.dropCookie(c, "session")
		return s.done(c, "/sign-in", "account.done.erased")
	}
	if !correctable(err) {
		return err
	}
	return s.page(c, statusOf(err), frontend.ErasePage(s.view(c), frontend.ErrorsOf(s.printer(c), err)))
}
