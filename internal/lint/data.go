package lint

// The problems of data, which `e1 check` and `e1 commit` find in documents,
// files, history and index. They are listed here with all others, so that
// every code is explained in one place; package office finds them.
var (
	DataUnusable  = Code{"D100", "unusable-file", "a symbolic link, a folder or another thing in the place of a file of the repository; put an ordinary file there"}
	DataMisplaced = Code{"D101", "misplaced-document", "a document in another file than its number says; move it, or give it another number with e1 renumber"}
	DataForm      = Code{"D102", "unknown-form", "a document whose form is not there or has errors, so that nothing can be said of its card; repair the form first"}
	DataUnfit     = Code{"D103", "does-not-fit-form", "a value that does not fit its field, or a required field that is empty"}
	DataUnknown   = Code{"D104", "unknown-field", "a value of the card for which its form has no field; name the old field under `was`, or take the value out"}
	DataLink      = Code{"D105", "link-to-nothing", "a link to a document that does not exist"}
	DataFile      = Code{"D106", "attachment", "an attachment that is missing or is not the file that was attached"}
	DataTwice     = Code{"D107", "number-or-uid-twice", "two documents of one number or one uid; e1 renumber gives one of them another"}
	DataRoute     = Code{"D108", "route-without-definition", "a running route whose definition under routes/pinned cannot be read"}
	DataHistory   = Code{"D109", "broken-history", "a commit or file of the history that cannot be read; fetch it again from another clone"}
	DataIndex     = Code{"D110", "index-differs", "an index that answers otherwise than the documents and the history do; e1 index rebuild makes it anew"}
	DataIdentity  = Code{"D111", "missing-uid", "a document without the uid that tells it from another one of its number; take it from an older version, or from a clone"}
	DataPerformer = Code{"D112", "unknown-performer", "an open task of somebody whom org.yaml does not have; e1 reassign or e1 task delegate gives it to another, or enter them again"}
	DataStanding  = Code{"D113", "lost-place", "a route that stands at a step its definition does not have, waits for a task that is not open, or has an open task elsewhere; an older version of the document says where it stood"}
	DataStray     = Code{"D114", "stray-file", "a file below documents/ that belongs to no document; attach it with e1 attach, or move it elsewhere"}
)

func dataCodes() []Code {
	return []Code{DataUnusable, DataMisplaced, DataForm, DataUnfit, DataUnknown, DataLink, DataFile, DataTwice, DataRoute, DataHistory, DataIndex, DataIdentity, DataPerformer, DataStanding, DataStray}
}
