package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newFileCmd(a *app) *cobra.Command {
	return group("file", "Files attached to documents", newFileListCmd(a), newFileGetCmd(a), newFileTextCmd(a))
}

// attachedFile is a file of a document as it lies in the repository.
type attachedFile struct {
	number, name string
	data         []byte
}

// attached finds a file of a document, the letter it came from included.
func (a *app) attached(cmd *cobra.Command, text, name string) (attachedFile, error) {
	r, number, err := a.resolve(cmd, text)
	if err != nil {
		return attachedFile{}, err
	}
	d, err := r.ReadHead(number)
	if err != nil {
		return attachedFile{}, err
	}
	if f, ok := d.File(name); ok {
		name = f.Name
	}
	data, err := r.Attachment(d, name)
	return attachedFile{number, name, data}, err
}

// binary reports whether a terminal would take a part of the file for commands.
func (f attachedFile) binary() bool {
	for _, b := range f.data {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' || b == 0x7f {
			return true
		}
	}
	return false
}

// forTerminal refuses what would do to a terminal what nobody has asked for.
func (a *app) forTerminal(f attachedFile) error {
	if a.OutTTY && a.result.file == nil && f.binary() {
		return &usageError{
			message: fmt.Sprintf("%q is no text, and standard output is a terminal", f.name),
			hint:    fmt.Sprintf("e1 file get %s %q -o %q", f.number, f.name, f.name),
		}
	}
	return nil
}
