package requisite

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// CheckEmail accepts one address, local@domain, as letters are really sent to:
// no display name, no quoted local part, no address literal. Domains may be
// Cyrillic. Lengths are those of RFC 5321, 4.5.3.1.
func CheckEmail(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case s == "":
		return fmt.Errorf("e-mail address is empty")
	case !ok:
		return fmt.Errorf("e-mail address %q has no @", s)
	case strings.Contains(domain, "@"):
		return fmt.Errorf("e-mail address %q has more than one @; write one address here", s)
	case local == "":
		return fmt.Errorf("e-mail address %q has nothing before the @", s)
	case len(local) > 64:
		return fmt.Errorf("e-mail address %q has %d bytes before the @, at most 64 are possible", s, len(local))
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return fmt.Errorf("e-mail address %q has a dot too many before the @", s)
	}
	n := 0
	for _, r := range local {
		n++
		if r <= ' ' || r == 0x7f || unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"(),:;<>[\]`, r) {
			return fmt.Errorf("e-mail address %q: unexpected %q at position %d", s, r, n)
		}
	}
	return checkDomain(s, domain)
}

func checkDomain(address, domain string) error {
	ascii, err := idna.ToASCII(domain)
	if err != nil {
		return fmt.Errorf("e-mail address %q: the domain %q is impossible", address, domain)
	}
	if len(ascii) > 253 {
		return fmt.Errorf("e-mail address %q: the domain is longer than 253 bytes", address)
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return fmt.Errorf("e-mail address %q: the domain %q has no dot", address, domain)
	}
	for _, l := range labels {
		switch {
		case l == "":
			return fmt.Errorf("e-mail address %q: the domain %q has a dot too many", address, domain)
		case len(l) > 63:
			return fmt.Errorf("e-mail address %q: a part of the domain %q is longer than 63 bytes", address, domain)
		case l[0] == '-' || l[len(l)-1] == '-':
			return fmt.Errorf("e-mail address %q: a part of the domain %q starts or ends with a hyphen", address, domain)
		}
		for _, r := range l {
			if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
				return fmt.Errorf("e-mail address %q: unexpected %q in the domain", address, r)
			}
		}
	}
	return nil
}

// NormalEmail is the form by which addresses are compared: without a mailto:
// and surrounding space, lower case, the domain in its readable spelling.
// Text that is no address is returned trimmed and in lower case.
func NormalEmail(s string) string {
	s = strings.ToLower(strings.TrimSpace(strings.Map(plainSpace, s)))
	s = strings.TrimPrefix(s, "mailto:")
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return s
	}
	if u, err := idna.ToUnicode(domain); err == nil {
		domain = strings.ToLower(u)
	}
	return local + "@" + strings.TrimSuffix(domain, ".")
}
