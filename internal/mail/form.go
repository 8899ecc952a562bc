package mail

import (
	"fmt"
	"slices"
)

// form is how the messages of a kind are put together: the keys of their texts in internal/locale.
type form struct {
	subject string
	before  []string // paragraphs above the button
	button  string   // label of the link; empty: the kind has none
	after   []string // paragraphs under it
	head    bool     // the head of the journal stands between them
	choices []Choice // how a person may receive it, the usual way first; only immediately when there are none
}

// forms is the table of the kinds.
var forms = map[Kind]form{
	Invitation: {
		subject: "mail.invitation.subject", before: []string{"mail.invitation.lead"}, button: "mail.invitation.button",
		after: []string{"mail.once", "mail.invitation.unexpected"},
	},
	ProviderLink: {
		subject: "mail.provider.subject", before: []string{"mail.provider.lead"}, button: "mail.provider.button",
		after: []string{"mail.provider.until", "mail.provider.unexpected"},
	},
	Recovery: {
		subject: "mail.recovery.subject", before: []string{"mail.recovery.lead"}, button: "mail.recovery.button",
		after: []string{"mail.once", "mail.recovery.unexpected"},
	},
	MethodAdded:     security("mail.security.method-added.subject", "mail.security.method-added.lead"),
	MethodRemoved:   security("mail.security.method-removed.subject", "mail.security.method-removed.lead"),
	PasswordChanged: security("mail.security.password-changed.subject", "mail.security.password-changed.lead"),
	NewDevice:       security("mail.security.new-device.subject", "mail.security.new-device.lead"),
	MailChange: {
		subject: "mail.mail-change.subject", before: []string{"mail.mail-change.lead"}, button: "mail.mail-change.button",
		after: []string{"mail.once", "mail.mail-change.unexpected"},
	},
	MailChanged: security("mail.security.mail-changed.subject", "mail.security.mail-changed.lead"),
	FactorsReset: {
		subject: "mail.factors-reset.subject", before: []string{"mail.factors-reset.lead", "mail.factors-reset.next"}, button: "mail.factors-reset.button",
		after: []string{"mail.factors-reset.not-asked"},
	},
	JournalHead: {
		subject: "mail.journal.subject", before: []string{"mail.journal.lead"}, button: "mail.journal.button",
		after: []string{"mail.journal.keep"}, head: true, choices: []Choice{Immediately, Never},
	},
	AccessEnded: {
		subject: "mail.access-ended.subject", before: []string{"mail.access-ended.lead", "mail.access-ended.kept"},
		choices: []Choice{Immediately, Daily, Never},
	},
	Test:   {subject: "mail.test.subject", before: []string{"mail.test.lead", "mail.test.nothing"}},
	digest: {subject: "mail.digest.subject", before: []string{"mail.digest.lead"}, after: []string{"mail.digest.why"}},
}

// security is the form of a notice that nobody can switch off.
func security(subject, lead string) form {
	return form{
		subject: subject, before: []string{lead, "mail.security.yours", "mail.security.not-yours"}, button: "mail.security.button",
	}
}

// check tells whether a message has what its kind needs. An error is a mistake of the program, not of a person.
func (m Message) check() error {
	f, known := forms[m.Kind]
	if !known || m.Kind == digest {
		return fmt.Errorf("mail: no message can be of kind %q", m.Kind)
	}
	missing := map[string]bool{
		"structure": m.Structure == "" && slices.Contains([]Kind{Invitation, ProviderLink, JournalHead, AccessEnded, FactorsReset}, m.Kind),
		"by":        m.By == "" && slices.Contains([]Kind{Invitation, FactorsReset}, m.Kind),
		"method":    m.Method == "" && slices.Contains([]Kind{MethodAdded, MethodRemoved, NewDevice}, m.Kind),
		"link":      f.button != "" && !validLink(m.Link) || m.Link != "" && !validLink(m.Link),
		"until":     m.Until.IsZero() && slices.Contains([]Kind{Invitation, ProviderLink, Recovery, MailChange}, m.Kind),
		"when":      m.When.IsZero() && slices.Contains([]Kind{MethodAdded, MethodRemoved, PasswordChanged, NewDevice, JournalHead, AccessEnded, FactorsReset, MailChanged}, m.Kind),
		"head":      m.Head == "" && f.head,
	}
	for _, field := range []string{"structure", "by", "method", "link", "until", "when", "head"} {
		if missing[field] {
			return fmt.Errorf("mail: a message of kind %s has no usable %s", m.Kind, field)
		}
	}
	return nil
}
