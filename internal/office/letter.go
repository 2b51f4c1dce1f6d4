package office

import (
	"errors"
	"fmt"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
)

// Outbox opens the folder of outgoing letters of a repository.
func Outbox(r *repo.Repo) *outbox.Box {
	git := r.Git()
	return outbox.Open(git.CommonE1Dir()+"/outbox", outbox.Options{Perm: git.SharedPerm, Step: git.Step})
}

// letter records a letter on its document and puts it into the outbox before
// the transaction happens.
func (o *Office) letter(s *stationery, done *Done, p engine.Paper, t *template.Template, made *template.Paper) error {
	conf, _, err := s.tx.Definitions().Settings()
	if err != nil {
		return err
	}
	if conf.Mail.From == "" {
		return refusef("write mail: {from: …} into e1.yaml", "there is no address to write letters from")
	}
	l := outbox.Letter{From: conf.Mail.From, ReplyTo: conf.Mail.ReplyTo, To: p.To, Subject: made.Subject, Date: s.tx.Now(), Automatic: "auto-generated"}
	if len(l.To) == 0 {
		l.To = made.To
	}
	if p.Kind == engine.PaperReply {
		to, refusal, err := s.answer(&l)
		if err != nil {
			return err
		}
		if refusal != "" {
			done.Notes = append(done.Notes, fmt.Sprintf("%s: no answer was written: %s", s.d.Number, refusal))
			return nil
		}
		l.To = []string{to}
	}
	if len(l.To) == 0 {
		if p.Meant != "" {
			return refusef("", "nobody to write to: %q is empty", p.Meant)
		}
		return refusef("", "nobody to write to")
	}
	switch text := string(made.Data); t.Kind {
	case template.HTML:
		l.HTML, l.Text = text, message.TextOf(text)
	default:
		l.Text = text
	}
	names, err := s.attachments(p.Attach, made.Attach)
	if err != nil {
		return err
	}
	for _, n := range names {
		data, err := s.tx.Attachment(s.d, n)
		if err != nil {
			return err
		}
		l.Attachments = append(l.Attachments, outbox.Attachment{Name: n, Data: data})
	}
	if err := s.post(&conf.Mail, &l, document.Letter{Subject: l.Subject, Template: p.Template, By: o.actor.ID}); err != nil {
		return err
	}
	done.Papers = append(done.Papers, Paper{Document: s.d.Number, Letter: l.ID, To: l.To, Subject: l.Subject})
	return nil
}

// post gives a letter its Message-ID, records it on its document as queued, and
// puts it into the outbox before the transaction happens.
func (s *stationery) post(conf *settings.Mail, l *outbox.Letter, record document.Letter) error {
	domain, err := mailDomain(conf.Domain, conf.From)
	if err != nil {
		return err
	}
	l.ID = strings.ToLower(ulid.Make().String()) + "@" + domain
	raw, err := l.Write()
	if err != nil {
		return err
	}
	record.ID, record.To, record.State, record.At = l.ID, l.To, document.LetterQueued, s.tx.Now()
	s.d.Letters = append(s.d.Letters, record)
	box, d, at := Outbox(s.tx.Repo()), s.d, s.tx.Now()
	s.tx.BeforeRef(func() error {
		return box.Put(outbox.Entry{ID: l.ID, Document: d.Number, UID: d.UID, From: l.From, To: l.To, Subject: l.Subject, Queued: at}, raw)
	})
	return nil
}

func mailDomain(domain, from string) (string, error) {
	if domain != "" {
		return domain, nil
	}
	address, err := outbox.Address(from)
	if err != nil {
		return "", err
	}
	_, domain, _ = strings.Cut(address, "@")
	return domain, nil
}

// answer makes a letter the answer to the last letter that was received on the
// document: to whom, or why nobody is to be answered.
func (s *stationery) answer(l *outbox.Letter) (to, refusal string, err error) {
	name := ""
	if s.d.Message != "" {
		name = repo.MessageName
	}
	for _, f := range s.d.Files {
		if f.Message != "" {
			name = f.Name
		}
	}
	if name == "" {
		return "", "", errors.New("there is no letter to answer")
	}
	raw, err := s.tx.Attachment(s.d, name)
	if err != nil {
		return "", "", err
	}
	m := message.Parse(raw)
	if kind, sign := m.Automatic(); kind != message.ByPerson && (kind != message.Generated || len(m.ReplyTo) == 0) {
		return "", fmt.Sprintf("it came from a machine (%s: %s)", kind, sign), nil
	}
	from := m.Sender()
	if len(m.ReplyTo) > 0 {
		from = m.ReplyTo[0]
	}
	if from.Address == "" {
		return "", "the letter has no sender", nil
	}
	l.InReplyTo, l.References, l.Automatic = m.ID, m.References, "auto-replied"
	return from.Address, "", nil
}
