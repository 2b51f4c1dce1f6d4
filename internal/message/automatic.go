package message

import (
	"fmt"
	"strings"
)

// Automatic says what kind of machine wrote a letter.
type Automatic uint8

// The kinds of letters by whether a person wrote them.
const (
	ByPerson  Automatic = iota
	Bounce              // a report that a letter was not delivered
	AutoReply           // an absence notice, a receipt, a ticket confirmation
	Generated           // sent by a program of its own accord, as web forms are
	Bulk                // a mailing list or an advertisement
)

// String is the kind in words.
func (a Automatic) String() string {
	switch a {
	case Bounce:
		return "bounce"
	case AutoReply:
		return "automatic reply"
	case Generated:
		return "generated letter"
	case Bulk:
		return "bulk letter"
	}
	return "letter"
}

// Automatic decides whether a person wrote the letter and says by which sign.
// The signs are those of RFC 3834 (Auto-Submitted), RFC 3464 (delivery status
// notifications), RFC 8098 (receipts) and of programs older than these. Bounces
// and automatic replies must never be answered.
func (m *Message) Automatic() (Automatic, string) {
	kind, params := mediaType(m.first("Content-Type"), "")
	report := strings.ToLower(params["report-type"])
	submitted, _, _ := strings.Cut(strings.ToLower(m.Header("Auto-Submitted")), ";")
	submitted = strings.TrimSpace(submitted)
	precedence := strings.ToLower(m.Header("Precedence"))
	local, _, _ := strings.Cut(strings.ToLower(m.Sender().Address), "@")
	switch {
	case kind == "multipart/report" && report == "disposition-notification":
		return AutoReply, "Content-Type: report of disposition"
	case kind == "multipart/report":
		return Bounce, "Content-Type: report of delivery"
	case m.Header("X-Failed-Recipients") != "":
		return Bounce, "X-Failed-Recipients"
	case local == "mailer-daemon" || local == "postmaster" && submitted != "" && submitted != "no":
		return Bounce, fmt.Sprintf("From: %s", m.Sender().Address)
	case strings.HasPrefix(submitted, "auto-replied"):
		return AutoReply, "Auto-Submitted: " + submitted
	case precedence == "auto_reply" || precedence == "auto-reply":
		return AutoReply, "Precedence: " + precedence
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply"} {
		if value := strings.ToLower(m.Header(name)); value != "" && value != "no" {
			return AutoReply, name
		}
	}
	if path := m.Headers("Return-Path"); len(path) > 0 && strings.ReplaceAll(path[0], " ", "") == "<>" {
		return Bounce, "Return-Path: <>"
	}
	if looksAutoReply(m.Subject) {
		return AutoReply, "Subject: " + m.Subject
	}
	switch {
	case submitted != "" && submitted != "no":
		return Generated, "Auto-Submitted: " + submitted
	case precedence == "bulk" || precedence == "list" || precedence == "junk":
		return Bulk, "Precedence: " + precedence
	case m.Header("List-Id") != "":
		return Bulk, "List-Id"
	}
	return ByPerson, ""
}

// looksAutoReply knows the subjects that programs without any of the fields
// put before the original one.
func looksAutoReply(subject string) bool {
	s := strings.ToLower(subject)
	for _, prefix := range []string{"автоответ:", "автоматический ответ:", "автоматический ответ ", "automatic reply:", "auto reply:", "autoreply:", "out of office:", "out of office re:", "undelivered mail returned", "undeliverable:", "delivery status notification", "mail delivery failed", "недоставлено:", "не доставлено:"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}
