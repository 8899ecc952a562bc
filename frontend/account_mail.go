package frontend

import "github.com/garant-sante/garant/internal/mail"

// MailForm is how a person wants each kind of message.
type MailForm struct {
	Choices map[mail.Kind]mail.Choice
	Errors  Errors
}

func mailOptions(v View, kind mail.Kind) []Option {
	var options []Option
	for _, choice := range kind.Choices() {
		options = append(options, Option{Value: string(choice), Label: v.T("account.mail.choice." + string(choice))})
	}
	return options
}
