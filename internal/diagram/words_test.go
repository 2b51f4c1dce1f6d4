package diagram_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diagram"
	"github.com/e1-dms/e1/internal/route"
)

func parsed(t *testing.T, src string) *route.Route {
	t.Helper()
	r, problems := route.ParseSource("x.yaml", []byte(src))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWords puts what a route says into words, with and without the forms.
func TestWords(t *testing.T) {
	set := shipped(t)
	for _, test := range []struct{ step, en, ru, raw string }{
		{"{task: T, who: manager, due: 4wh}", "Manager · 4 working h", "Ответственный менеджер · 4 раб. ч", "manager · 4 working h"},
		{"{task: T, who: client.manager, due: 'registered + 10wd'}", "Client › Manager · Registered + 10 working days", "Клиент › Ответственный менеджер · Дата регистрации + 10 раб. дн.", "client.manager · registered + 10wd"},
		{"{task: T, who: [author, starter, controller]}", "author, starter, controller", "автор документа, запустивший маршрут, контролёр", "author, starter, controller"},
		{"{task: T, who: head of sales}", "head of Sales department", "руководитель: Отдел продаж", "head of sales"},
		{"{task: T, who: head of manager}", "head of Manager", "руководитель: Ответственный менеджер", "head of manager"},
		{"{task: T, who: petrova}", "Анна Петрова", "Анна Петрова", "petrova"},
		{"{task: T, who: petrova, if: 'status in [\"draft\", \"signing\"]'}", "Анна Петрова; if Status in [“Draft”, “Signing”]", "Анна Петрова; если Статус из [«Проект», «Подписание»]", `petrova; if status in ["draft", "signing"]`},
		{"{task: T, who: petrova, if: 'client.status != \"customer\" and not filled(amount)'}", "Анна Петрова; if Client › Status ≠ “Customer” and Amount is empty", "Анна Петрова; если Клиент › Статус ≠ «Покупатель» и Сумма договора не заполнено", `petrova; if client.status != "customer" and not filled(amount)`},
		{"{task: T, who: petrova, if: 'amount > 1_500_000.50 or manager == \"ivanova\"'}", "Анна Петрова; if Amount > 1 500 000.50 or Manager = “Мария Иванова”", "Анна Петрова; если Сумма договора > 1 500 000.50 или Ответственный менеджер = «Мария Иванова»", `petrova; if amount > 1_500_000.50 or manager == "ivanova"`},
		{"{task: T, who: petrova, if: amount > settings.approval_threshold}", "Анна Петрова; if Amount > 1 000 000 (approval_threshold)", "Анна Петрова; если Сумма договора > 1 000 000 (approval_threshold)", "petrova; if amount > settings.approval_threshold"},
		{"{task: T, who: petrova, if: 'settings.manager_by == \"head\"'}", `Анна Петрова; if manager_by = "head"`, `Анна Петрова; если manager_by = "head"`, `petrova; if settings.manager_by == "head"`},
		{"{task: T, who: petrova, if: 'kind == \"supply\"'}", "Анна Петрова; if Kind = “Supply of goods”", "Анна Петрова; если Вид договора = «Поставка товара»", `petrova; if kind == "supply"`},
		{"{task: T, who: petrova, while: open(a)}", "Анна Петрова; while open: First", "Анна Петрова; пока открыто: First", "petrova; while open: First"},
		{"{task: T, who: petrova, if: 'last.comment contains \"and or\"'}", `Анна Петрова; if comment on the last answer contains "and or"`, `Анна Петрова; если комментарий к последнему ответу содержит "and or"`, `petrova; if last.comment contains "and or"`},
		{"{do: {set: {status: 'amount > 10 ? \"closed\" : \"draft\"'}}, title: T}", "Status = Amount > 10 ? “Closed” : “Draft”", "Статус = Сумма договора > 10 ? «Закрыт» : «Проект»", `status = amount > 10 ? "closed" : "draft"`},
		{"{do: {set: {signing_date: today, client.status: lost}}, title: T}", "Signed on = today; Client › Status = “Lost”", "Дата подписания = сегодня; Клиент › Статус = «Потерян»", "signing_date = today; client.status = lost"},
		{"{do: {register: {form: invoices, set: {client: client}}}, title: T}", "register: Invoice", "завести: Счёт", "register: invoices"},
		{"{do: {cancel: [a, later]}, title: T}", "withdraw: First, later", "отозвать: First, later", "withdraw: First, later"},
		{"{do: {start: {route: other}}, title: T}", "start: other", "запустить: other", "start: other"},
	} {
		src := "route: x\nfor: contracts\nstart: by hand\ncontroller: petrova\nsteps:\n- {task: First, id: a, who: author}\n- parallel:\n  branches:\n  - steps:\n    - " + test.step + "\n  - {do: {comment: number}, id: later}\n"
		r := parsed(t, src)
		for _, p := range route.Check(r, route.ContextOf(set, nil, nil)) {
			if !strings.Contains(p.Message, `"other"`) {
				t.Errorf("%s: %v", test.step, p)
			}
		}
		for _, o := range []struct {
			diagram.Options
			want string
		}{
			{diagram.Options{Language: "en", Forms: set}, test.en},
			{diagram.Options{Language: "ru", Forms: set}, test.ru},
			{diagram.Options{Language: "en"}, test.raw},
		} {
			g := diagram.NewGraph(r, o.Options)
			i := slices.IndexFunc(g.Nodes, func(n *diagram.Node) bool { return n.Title == "T" })
			if i < 0 {
				t.Errorf("%s: no node", test.step)
				continue
			}
			if got := strings.ReplaceAll(strings.Join(g.Nodes[i].Notes, "; "), "\u00a0", " "); got != o.want {
				t.Errorf("%s in %s:\n got %s\nwant %s", test.step, o.Language, got, o.want)
			}
		}
	}
}

func TestItemsOfEachHaveTitles(t *testing.T) {
	r, set := parsed(t, `route: x
for: contracts
start: by hand
steps:
- each: stages
  as: amount
  steps:
  - {task: T, who: manager, due: amount.term, if: amount.amount > 5}
`), shipped(t)
	for _, p := range route.Check(r, route.ContextOf(set, nil, nil)) {
		t.Error(p)
	}
	var lines []string
	for _, l := range diagram.Tree(r, diagram.Options{Language: "ru", Forms: set}) {
		lines = append(lines, l.Sign+" "+l.Text+" | "+l.Note)
	}
	want := "≡ для каждого: Этапы | все\n□ T | Ответственный менеджер · Срок · если Сумма > 5"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const inTurn = `route: x
start: by hand
steps:
- parallel: In turn
  id: turn
  branches:
  - steps:
    - {approve: A, who: author}
    - {approve: B, who: author}
  outcomes: {approve: next, reject: {end: no}}
`

// TestOneBranchIsASequence: a block of one branch looks like what it is.
func TestOneBranchIsASequence(t *testing.T) {
	one := parsed(t, inTurn)
	two := parsed(t, strings.Replace(inTurn, "    - {approve: B", "  - steps:\n    - {approve: B", 1))
	o := diagram.Options{Language: "en"}
	if svg := diagram.SVG(one, o); strings.Contains(svg, `class="bar"`) || !strings.Contains(svg, `class="frame"`) {
		t.Error("a block of one branch is drawn with bars, or without its frame")
	}
	if svg := diagram.SVG(two, o); !strings.Contains(svg, `class="bar"`) {
		t.Error("a block of two branches is drawn without bars")
	}
	for _, test := range []struct {
		r     *route.Route
		sign  string
		kinds []diagram.NodeKind
	}{
		{one, "↓", []diagram.NodeKind{"start", "block", "work", "work", "join", "end", "end"}},
		{two, "‖", []diagram.NodeKind{"start", "fork", "work", "work", "join", "end", "end"}},
	} {
		if got := diagram.Tree(test.r, o)[0].Sign; got != test.sign {
			t.Errorf("the sign is %q, want %q", got, test.sign)
		}
		var kinds []diagram.NodeKind
		for _, n := range diagram.NewGraph(test.r, o).Nodes {
			kinds = append(kinds, n.Kind)
		}
		if !slices.Equal(kinds, test.kinds) {
			t.Errorf("the nodes are %q, want %q", kinds, test.kinds)
		}
	}
}

// TestJumpsStayInTheirBlock: a way back within a block runs within its frame,
// however wide the rest of the picture is.
func TestJumpsStayInTheirBlock(t *testing.T) {
	r := parsed(t, `route: x
start: by hand
steps:
- parallel: Wide
  branches:
  - {task: One with a rather long title, who: author}
  - repeat: Talks
    steps:
    - {task: Talk, id: talk, who: author}
    - {task: Write it down, who: author, outcomes: {done: next, again: {go: talk, max: 2, else: leave}}}
    until: "true"
  - {task: Another one with a rather long title, who: author}
`)
	svg := diagram.SVG(r, diagram.Options{Language: "en"})
	boxes, _, _, _ := drawn(t, svg)
	var frames []drawnBox
	for _, b := range boxes {
		if strings.HasPrefix(b.class, "frame") {
			frames = append(frames, b)
		}
	}
	if len(frames) != 2 {
		t.Fatalf("%d frames", len(frames))
	}
	inner := frames[1]
	if frames[0].w < inner.w {
		inner = frames[0]
	}
	jumps := regexp.MustCompile(`<path d="([^"]*)" class="jump"`).FindAllStringSubmatch(svg, -1)
	if len(jumps) != 2 { // the way back, and that of the repeat
		t.Fatalf("%d jumps are drawn", len(jumps))
	}
	for _, j := range jumps {
		for _, at := range regexp.MustCompile(`[ML]([0-9.]+) `).FindAllStringSubmatch(j[1], -1) {
			if x, _ := strconv.ParseFloat(at[1], 64); x < inner.x || x > inner.x+inner.w {
				t.Errorf("the jump %s leaves the block, which is at %g..%g", j[1], inner.x, inner.x+inner.w)
			}
		}
	}
}
