package frontend

// LineForm is one line about oneself as it was typed: a name, or a mail address.
type LineForm struct {
	Value   string
	CanMail bool // a link can be sent
	Sent    bool // it was
	Errors  Errors
}
