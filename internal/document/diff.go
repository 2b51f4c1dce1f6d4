package document

// Change is one difference of two documents: a value that came, went (New is
// "") or became another.
type Change struct {
	Path     string // card.inn, card.lines.2.qty, tasks.1.due, links.reply_to
	Old, New string
}

// Diff lists what changed from a to b, in the order of the file.
func Diff(a, b *Document) []Change { return nil }
