package message

import "strings"

// Address is one correspondent.
type Address struct {
	Name    string // decoded, without quotes; may be empty
	Address string // as written, without brackets
}

// String is the readable form: Name <address>.
func (a Address) String() string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

// parseAddresses reads a list of addresses. Commas and semicolons separate; a
// group's name and colon are dropped; what holds no @ is kept as an address
// without a name only if nothing better is in it.
func parseAddresses(value, hint string) []Address {
	var out []Address
	for _, item := range splitAddresses(value) {
		if a := parseAddress(item, hint); a != (Address{}) {
			out = append(out, a)
		}
	}
	return out
}

// splitAddresses cuts at separators outside quotes, brackets and comments.
func splitAddresses(s string) []string {
	var out []string
	start, depth := 0, 0
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ':' && !angle: // the name of a group
			start = i + 1
		case (c == ',' || c == ';') && !angle:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	if quoted || angle || depth > 0 { // never closed: one address with a stray character
		return []string{s}
	}
	return append(out, s[start:])
}

func parseAddress(s, hint string) Address {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		address, _, _ := strings.Cut(s[i+1:], ">")
		return Address{displayName(s[:i], hint), bareAddress(address)}
	}
	if name, comment, ok := strings.Cut(s, "("); ok && strings.Contains(name, "@") {
		return Address{displayName(strings.TrimSuffix(strings.TrimSpace(comment), ")"), hint), bareAddress(name)}
	}
	if !strings.Contains(s, "@") && strings.Contains(s, "=?") {
		decoded := decodeWords(s, hint)
		if strings.ContainsAny(decoded, "<@") { // the whole address was encoded
			return parseAddress(decoded, hint)
		}
		return Address{Name: decoded}
	}
	if words := strings.Fields(s); len(words) > 1 && strings.Contains(words[len(words)-1], "@") {
		last := words[len(words)-1] // the brackets are missing
		return Address{displayName(strings.TrimSuffix(s, last), hint), bareAddress(last)}
	}
	return Address{Address: bareAddress(s)}
}

// displayName decodes a name and takes off one pair of quotes.
func displayName(s, hint string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	name := decodeWords(s, hint)
	if len(name) >= 2 && (name[0] == '"' || name[0] == '\'') && name[len(name)-1] == name[0] {
		name = strings.TrimSpace(name[1 : len(name)-1])
	}
	return name
}

func bareAddress(s string) string {
	s = clean(decodeText([]byte(s), "", ""))
	s = strings.TrimPrefix(s, "mailto:")
	return strings.Trim(s, " <>'\"")
}
