package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/repo"
)

// maxText is the longest text of a letter that a card keeps, in bytes; the
// letter itself is kept whole.
const maxText = 1 << 20

// commit imports letters in one transaction in the name of their import.
func (im *importing) commit(ctx context.Context, b *Box, name string, letters []*letter) ([]*outcome, error) {
	o := Machine(im.repo, "import/"+name, im.opt)
	var outcomes []*outcome
	done, err := o.update(ctx, "import", func(tx *repo.Tx, done *Done) error {
		outcomes = nil
		def, err := currentImport(tx, b, name)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if err := ctx.Err(); err != nil {
				return err
			}
			out, err := o.receive(tx, done, def, l, im.known)
			if err != nil {
				return err
			}
			outcomes = append(outcomes, out)
		}
		tx.Subject("%s", importSubject(name, outcomes))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		im.known[l.identity] = true
	}
	for _, out := range outcomes {
		if im.opt.DryRun && out.kind == intake.Register && !out.duplicate {
			out.number = "" // which one it gets is known when it is registered
		}
	}
	for _, n := range done.remarks() {
		if !slices.Contains(im.run.Notes, n) {
			im.run.Notes = append(im.run.Notes, n)
		}
	}
	if done.Receipt.Commit != "" {
		im.run.Commits = append(im.run.Commits, done.Receipt.Commit)
	}
	return outcomes, nil
}

// currentImport is the definition of the commit the transaction builds on,
// which may have changed while we waited for the lock.
func currentImport(tx *repo.Tx, b *Box, name string) (*intake.Import, error) {
	current, err := tx.Definitions().Import(name)
	if err != nil {
		return nil, err
	}
	if current.Def == nil {
		return nil, &BrokenImportError{Name: name, Err: current.Problems.Err()}
	}
	return current.Def, nil
}

// importSubject is the first line of the commit's message.
func importSubject(name string, outcomes []*outcome) string {
	var registered, attached []string
	for _, o := range outcomes {
		switch {
		case o.duplicate:
		case o.kind == intake.Register:
			registered = append(registered, o.number)
		case o.kind == intake.Attach:
			attached = append(attached, o.number)
		}
	}
	var parts []string
	if n := len(registered); n > 0 {
		parts = append(parts, "register "+span(registered))
	}
	if n := len(attached); n > 0 {
		parts = append(parts, "answers to "+shorten(slices.Compact(slices.Sorted(slices.Values(attached))), 5))
	}
	return "import " + name + ": " + strings.Join(parts, ", ")
}

// span names the first and the last of numbers.
func span(numbers []string) string {
	if len(numbers) == 1 {
		return numbers[0]
	}
	return fmt.Sprintf("%s … %s (%d)", numbers[0], numbers[len(numbers)-1], len(numbers))
}

// receive decides about one letter inside a transaction. What is wrong with
// the letter is an outcome; an error is for what is wrong with anything else.
func (o *Office) receive(tx *repo.Tx, done *Done, def *intake.Import, l *letter, known map[string]bool) (*outcome, error) {
	out := &outcome{letter: l}
	number, err := tx.Lookup().ByLetter(l.identity)
	if err != nil {
		return nil, err
	}
	if number != "" || known[l.identity] && tx.DryRun() {
		out.duplicate, out.number = true, number
		return out, nil
	}
	if !def.Matches(l.message) {
		out.kind, out.reason = intake.Quarantine, fmt.Sprintf("the import %s no longer recognises this letter", def.Name)
		return out, nil
	}
	lookup := &letterLookup{tx: tx}
	result := def.Read(l.message, lookup)
	if lookup.err != nil {
		return nil, lookup.err
	}
	out.kind, out.number, out.reason = result.Kind, result.Number, result.Reason
	if len(l.message.Text) > maxText && result.Kind == intake.Register {
		out.kind, out.reason = intake.Quarantine, fmt.Sprintf("the text of the letter has %d bytes, more than the %d that a card keeps", len(l.message.Text), maxText)
	}
	var work func() (*document.Document, error)
	switch out.kind {
	case intake.Register:
		work = func() (*document.Document, error) { return o.registerLetter(tx, done, def, result, l) }
	case intake.Attach:
		work = func() (*document.Document, error) { return o.attachLetter(tx, done, def, result, l) }
	default:
		return out, nil
	}
	err = attempt(tx, done, func() error {
		d, err := work()
		if err != nil {
			return err
		}
		out.number, out.title = d.Number, tx.Repo().Title(d)
		return nil
	})
	if err != nil && aboutLetter(err) {
		out.kind, out.number, out.title, out.reason = intake.Quarantine, "", "", err.Error()
		return out, nil
	}
	return out, err
}

// aboutLetter reports whether an error says that what the letter holds does
// not fit, so that trying again would not help.
func aboutLetter(err error) bool {
	var unfit *repo.UnfitError
	var refusal *engine.Refusal
	var refused *RefusedError
	if paperFault(err) {
		return true
	}
	return errors.As(err, &unfit) || errors.As(err, &refusal) || errors.As(err, &refused)
}

// registerLetter makes a document of a letter.
func (o *Office) registerLetter(tx *repo.Tx, done *Done, def *intake.Import, result intake.Result, l *letter) (*document.Document, error) {
	req := Registration{Form: def.Form, Message: l.raw, MessageID: l.identity}
	for _, v := range result.Values {
		a := Assignment{Field: v.Field, Text: v.Text}
		if v.Rows != nil {
			rows, err := rowsText(v.Rows)
			if err != nil {
				return nil, err
			}
			a.Text = rows
		}
		req.Values = append(req.Values, a)
	}
	for _, a := range result.Attachments {
		req.Attachments = append(req.Attachments, attachmentOf(a))
	}
	req.Comment = strings.Join(result.Notes, "\n")
	if err := o.recogniseClient(tx, &req); err != nil {
		return nil, err
	}
	d, err := o.register(tx, done, req)
	if err != nil {
		return nil, err
	}
	d.MessageID = l.message.ID
	return d, nil
}

func attachmentOf(a message.Attachment) Attachment {
	data := a.Content
	if data == nil {
		data = []byte{}
	}
	return Attachment{Name: a.Name, Data: data}
}

// rowsText writes the rows of a table as the form reads them.
func rowsText(rows [][]intake.Cell) (string, error) {
	out := make([]map[string]string, len(rows))
	for i, row := range rows {
		out[i] = map[string]string{}
		for _, c := range row {
			out[i][c.Column] = c.Text
		}
	}
	text, err := json.Marshal(out)
	return string(text), err
}

// clientsForm is the form whose documents are recognised by their requisites.
const clientsForm = "clients"

// recogniseClient fills the field that points to a client when the letter's
// INN, phone or e-mail belong to exactly one.
func (o *Office) recogniseClient(tx *repo.Tx, req *Registration) error {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	f, clients := set.Form(req.Form), set.Form(clientsForm)
	if f == nil || clients == nil {
		return nil
	}
	target := ""
	for _, field := range f.Fields() {
		if field.Type == expr.Document && field.Form == clientsForm && !field.Computed {
			if target != "" {
				return nil // which of several is meant cannot be told
			}
			target = field.Name
		}
	}
	if target == "" || slices.ContainsFunc(req.Values, func(a Assignment) bool { return a.Field == target && a.Text != "" }) {
		return nil
	}
	draft, err := o.draft(tx, f, *req)
	if err != nil {
		return err
	}
	found, err := clientsLike(tx, set, f, clients, draft)
	if err != nil {
		return err
	}
	switch len(found) {
	case 0:
	case 1:
		req.Values = append(req.Values, Assignment{Field: target, Text: found[0]})
	default:
		note := "several clients have these requisites: " + shorten(found, 5)
		req.Comment = strings.TrimLeft(req.Comment+"\n"+note, "\n")
	}
	return nil
}

// clientsLike finds the clients that share an INN, phone or e-mail with a card.
func clientsLike(tx *repo.Tx, set *form.Set, f, clients *form.Form, draft *document.Document) ([]string, error) {
	like := &document.Document{Form: clients.Name}
	for _, field := range f.Fields() {
		own := clients.Field(field.Name)
		switch {
		case own == nil || own.Type != field.Type || own.Computed || field.Computed:
		case field.Type == expr.INN, field.Type == expr.Phone, field.Type == expr.Email:
			if text := draft.Card.Text(field.Name); text != "" {
				like.Card.SetText(field.Name, text)
			}
		}
	}
	var found []string
	for _, key := range set.Keys(clients, like) {
		numbers, err := tx.Lookup().ByUnique(clients.Name, key.Field, key.Value)
		if err != nil {
			return nil, err
		}
		for _, n := range numbers {
			if !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// attachLetter adds a letter to the document it belongs to: its text as a
// comment, itself and its attachments as files.
func (o *Office) attachLetter(tx *repo.Tx, done *Done, def *intake.Import, result intake.Result, l *letter) (*document.Document, error) {
	d, err := tx.Document(result.Number)
	if err != nil {
		return nil, err
	}
	o.comment(tx, d, letterComment(l.message))
	if _, err := tx.Attach(d, "letter.eml", l.raw, "", o.actor.ID); err != nil {
		return nil, err
	}
	file := &d.Files[len(d.Files)-1]
	file.Message, file.MessageID = l.identity, l.message.ID
	for _, a := range result.Attachments {
		file := attachmentOf(a)
		if _, err := tx.Attach(d, file.Name, file.Data, "", o.actor.ID); err != nil {
			return nil, err
		}
	}
	who := l.message.Sender()
	event := engine.MessageReceived{
		Import: def.Name, From: who.Address, Name: who.Name, Subject: l.message.Subject, Text: l.message.Text, Reply: answers(d, l.message),
	}
	if err := o.apply(tx, done, d, event); err != nil {
		return nil, err
	}
	return tx.Document(d.Number)
}

// answers tells whether a letter answers one that was sent from the document.
func answers(d *document.Document, m *message.Message) bool {
	return slices.ContainsFunc(d.Letters, func(l document.Letter) bool {
		return l.Task == 0 && (slices.Contains(m.InReplyTo, l.ID) || slices.Contains(m.References, l.ID))
	})
}

// letterComment is who wrote, about what, and what.
func letterComment(m *message.Message) string {
	who := m.Sender()
	head := strings.TrimSpace(who.Name + " <" + who.Address + ">")
	text := strings.TrimSpace(m.Text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + " …"
	}
	return strings.TrimSpace(strings.Join([]string{head, m.Subject, "", text}, "\n"))
}

// letterLookup finds the documents that letters belong to, as the transaction
// has left them so far.
type letterLookup struct {
	tx  *repo.Tx
	err error
}

// ByMessage implements intake.Lookup.
func (l *letterLookup) ByMessage(id string) string {
	number, err := l.tx.Lookup().ByMessageID(id)
	if err != nil {
		l.err = errors.Join(l.err, err)
	}
	return number
}

// Mentioned implements intake.Lookup: whole numbers only, former ones too. A
// word that merely looks like one is none.
func (l *letterLookup) Mentioned(subject string) string {
	set, err := l.tx.Definitions().Forms()
	if err != nil {
		l.err = errors.Join(l.err, err)
		return ""
	}
	words := strings.FieldsFunc(strings.ToUpper(subject), func(r rune) bool {
		return !(r == '-' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	})
	for _, word := range words {
		word = strings.Trim(word, "-")
		if set.FormOf(word) == nil {
			continue
		}
		number := word
		if resolved, err := l.tx.Repo().Resolve(word); err == nil {
			number = resolved
		}
		d, err := l.tx.Lookup().Document(number)
		if err != nil {
			l.err = errors.Join(l.err, err)
			return ""
		}
		if d != nil && d.Status != form.Void {
			return number
		}
	}
	return ""
}
