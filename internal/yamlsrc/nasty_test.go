package yamlsrc

import (
	"strings"

	"pgregory.net/rapid"
)

// nasty lists texts that YAML writers and readers are known to lose or change.
func nasty() []string {
	words := []string{
		"", " ", "  ", "\n", "\n\n", "\t", "a", " a", "a ", "\na", "a\n", "a\n\n", "\ta", "a\t", "a\tb", "a\n\tb", "a\n b", "a\n  b\nc",
		" a\nb", "a \nb", "a\n \nb", "a\n\nb", "a\n\n\nb\n", "a\r\nb", "a\rb", "\r", "a\n\u0085b", "\u2028", "a\u2029b", "\ufeff", "a\ufeff", "\ufffe", "\uffff",
		"\x00", "\x01\x1f", "\x7f", "\u009f", "\u00a0", "\u00a0a", "a\u00a0b", "a\n\u00a0b", "\u200b", "\u202e", "😀", "👩‍👩‍👧", "𝒳", "\U0010ffff", "\ud7ff", "\ue000",
		"-", "- ", "- a", "-a", "--", "---", "--- a", "...", "... ", ".", "..", ".a", "?", "? a", "?a", ":", ": ", ":a", "a:", "a: b", "a:b", "a :b", "a : b",
		"#", "# a", "a #b", "a# b", "a#b", ",", "a,b", "a, b", "[", "]", "[a]", "a]", "{", "}", "{a}", "{a: b}", "a}", "&a", "*a", "!", "!a", "!!str a", "|", "|-", ">", ">-", "|a",
		"'", "''", "'a'", "a'b", "\"", "\"a\"", "a\"b", "%", "%a", "@", "@a", "`", "`a", "\\", "\\n", "a\\", "a\\nb", "=", "<<", "<", "~", "~a", "null", "Null", "NULL", "nil",
		"true", "True", "TRUE", "false", "yes", "Yes", "no", "No", "NO", "on", "off", "y", "n", "Y", "N",
		"0", "00", "0123", "0777", "08", "1", "-1", "+1", "1_000", "+_0", "-_.5", "0_x1F", "0_b1", "7707083893", "007701234567", "0x1F", "0xZ", "0o17", "0b101", "1.5", ".5", "-.5", "1.", "1e3", "1e", "1E+3", "1.5e-3", "e3", ".inf", "-.inf", ".nan", "inf", "NaN", "+.INF",
		"12:30", "1:2:3", "190:20:30.15", "12:", "1:", "2026-11-23", "2026-1-2", "2026-11-23T10:15:04+03:00", "2026-11-23 10:15:04", "2026-11-23t10:15:04Z", "2026-11-23T10:15", "2026-11", "23.11.2026",
		"ООО «Ромашка»", "Поле: значение", "Привет, мир # не комментарий", "Первая строка\nВторая строка\n", "ёЁ", "№ 5", "1 500 000,00", "8 (495) 123-45-67", "+7 495 1234567",
		"petrova@example.invalid", "http://example.invalid/?a=b&c=d#e", "C:\\Windows\\x", "<b>x</b>", "a & b", "a | b", "50%", "$1", "^a", ";a", "(a)", ")", "/etc", "_x", "__", "key: |\n  text\n", "- a\n- b\n", "---\na: b\n...\n",
		"a\n#b", "a\n---\nb", "a\n...\nb", "#a\nb", "- a\nb", "a: b\nc: d", "|\n a", "a\n\n b\n", "a\nb \n", "a\nb\t\n", "a\n\n", "a\nb\n\n\n", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x",
		strings.Repeat("x", 200), strings.Repeat("слово ", 300), strings.Repeat("x\n", 50), strings.Repeat("длинная строка текста ", 50) + "\nи ещё", strings.Repeat(" ", 100) + "x",
		`\u2028`, `\x41`, `\`, `\\`, `"`, `\"`, "a\\\nb", "\u001b[31mred", "\a\b\v\f", "Z\u0301a\u0308",
	}
	return words
}

// anyText draws nasty texts, pieces of them put together, and random ones.
func anyText() *rapid.Generator[string] {
	pieces := rapid.SampledFrom(nasty())
	glued := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 1, 4).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " ", "\n", ": ", ", ", "\n\n", "\n "}).Draw(t, "glue"))
	})
	return rapid.OneOf(pieces, glued, rapid.String(), rapid.StringMatching(`[-+.0-9:_eExXoObBtTzZ ]{1,12}`), rapid.StringMatching(`[ \n\ta#:,'"{}\[\]?-]{0,10}`))
}

// anyKey draws keys, most of them ordinary.
func anyKey() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[a-z_]{1,8}`), rapid.SampledFrom([]string{"сумма", "a-b", "first name", "1", "no", "a.b"}), rapid.SampledFrom(nasty()))
}

// anyTree draws a mapping of limited depth.
func anyTree(depth int) *rapid.Generator[*Node] {
	return rapid.Custom(func(t *rapid.T) *Node { return drawMapping(t, depth) })
}

func drawMapping(t *rapid.T, depth int) *Node {
	keys := rapid.SliceOfNDistinct(anyKey(), 0, 5, func(s string) string { return s }).Draw(t, "keys")
	n := &Node{Kind: Mapping, Style: drawStyle(t)}
	for _, k := range keys {
		if len(k) <= keyLimit {
			n.Pairs = append(n.Pairs, P(k, drawNode(t, depth-1)))
		}
	}
	return n
}

func drawStyle(t *rapid.T) Style {
	return rapid.SampledFrom([]Style{Auto, Auto, Block, Flow}).Draw(t, "style")
}

func drawNode(t *rapid.T, depth int) *Node {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	switch {
	case depth > 0 && kind == 0:
		return drawMapping(t, depth)
	case depth > 0 && kind == 1:
		n := &Node{Kind: Sequence, Style: drawStyle(t)}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			n.Items = append(n.Items, drawNode(t, depth-1))
		}
		return n
	case kind == 2:
		return PlainText(rapid.SampledFrom([]string{"", "~", "1", "no", "1.5", "2026-11-23", "null", "0x1F", "-.5", "word", "2026-11-23T10:15:04+03:00"}).Draw(t, "plain"))
	}
	return Text(anyText().Draw(t, "text"))
}
