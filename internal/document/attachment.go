package document

// AttachmentName makes the name under which an attachment is stored.
func AttachmentName(original string, taken []string) string { return original }
