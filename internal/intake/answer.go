package intake

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// Said is what somebody has written in answer to a letter about a task: the
// first line says what is to be done, the rest is a comment. What was quoted,
// a signature and the names of machines are no part of it.
type Said struct{ First, Rest string }

// ReplyLine is the line at the top of a letter that asks for an answer. Below
// it nothing is read: whatever a mail program makes of the letter it quotes.
func ReplyLine(language string) string {
	if language == "ru" {
		return "--- Ответ пишите над этой строкой ---"
	}
	return "--- Please write your answer above this line ---"
}

// ReadAnswer reads the text of a letter.
func ReadAnswer(text string) Said {
	var kept []string
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		switch bare := strings.TrimSpace(line); {
		case ends(bare), attribution(lines[i:]):
			if len(kept) > 0 || !answeredBelow(lines[i+1:]) {
				return answer(kept)
			}
		case strings.HasPrefix(bare, ">"):
		case len(kept) == 0 && (bare == "" || greets(bare)):
		default:
			kept = append(kept, line)
		}
	}
	return answer(kept)
}

func answer(lines []string) Said {
	if len(lines) == 0 {
		return Said{}
	}
	return Said{First: strings.TrimSpace(lines[0]), Rest: strings.TrimSpace(strings.Join(lines[1:], "\n"))}
}

// answeredBelow tells whether somebody writes below what they quote: there is a
// quotation with marks, and something behind it.
func answeredBelow(lines []string) bool {
	quoted := false
	for _, line := range lines {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, ">"):
			quoted = true
		case line != "":
			return quoted
		}
	}
	return false
}

// ends tells whether a line ends what somebody has written: the line of a
// letter of ours, the separator of a signature, its usual first words, or the
// head of a forwarded letter.
func ends(line string) bool {
	folded := strings.ToLower(line)
	for _, language := range []string{"ru", "en"} {
		if strings.Contains(line, strings.Trim(ReplyLine(language), "- ")) {
			return true
		}
	}
	if line == "--" || line == "—" || strings.HasPrefix(line, "-----") || strings.HasPrefix(line, "_____") {
		return true
	}
	for _, word := range []string{"с уважением", "с наилучшими", "отправлено с ", "отправлено из ", "best regards", "kind regards", "regards,", "sent from my ", "sent from mail", "get outlook for "} {
		if strings.HasPrefix(folded, word) {
			return true
		}
	}
	return false
}

// greets tells whether a line is nothing but a greeting.
func greets(line string) bool {
	folded := bareWords(line)
	for _, word := range []string{"здравствуйте", "добрый день", "доброе утро", "добрый вечер", "привет", "hello", "hi", "good morning", "good afternoon", "dear"} {
		if rest, ok := strings.CutPrefix(folded, word); ok && (rest == "" || rest[0] == ' ') && len(strings.Fields(rest)) <= 3 {
			return true
		}
	}
	return false
}

// attributions are the lines with which mail programs begin a quotation: "On
// Mon, 23 Nov 2026 at 10:00, Office <office@…> wrote:", "23.11.2026, 10:00,
// Office <office@…>:", and the head of a quoted letter in Outlook.
var attributions = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(on\s.{6,}\swrote:|.*\d.*(пишет|написал|написала|написал\(а\)|wrote):|.*\d{1,2}[:.]\d{2}.*<\S+@\S+>:?|(from|от|от кого):\s.*@.*)$`)
})

// attribution tells whether a quotation is begun by the first lines; long ones
// are broken into two.
func attribution(lines []string) bool {
	first := strings.TrimSpace(lines[0])
	if first == "" || strings.HasPrefix(first, ">") {
		return false
	}
	if attributions().MatchString(first) {
		return true
	}
	if len(lines) > 1 && len(first) > 30 {
		return attributions().MatchString(first + " " + strings.TrimSpace(lines[1]))
	}
	return false
}

// Chosen finds which of several answers a first line names: the whole line, in
// whatever case and with whatever marks around it. -1: none, or several.
func (a Said) Chosen(answers [][]string) int {
	said, found := bareWords(a.First), -1
	for i, names := range answers {
		for _, name := range names {
			if said == "" || bareWords(name) != said {
				continue
			}
			if found >= 0 && found != i {
				return -1
			}
			found = i
		}
	}
	return found
}

// bareWords folds a line to its words: small letters, ё as е, no marks.
func bareWords(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
