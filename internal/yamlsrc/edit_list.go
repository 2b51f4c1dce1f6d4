package yamlsrc

import (
	"bytes"
	"slices"
	"strings"
)

// remove deletes a pair or item.
func (e *Editor) remove(s slot) []change {
	n := len(s.in.Pairs) + len(s.in.Items)
	if n == 1 {
		return e.empty(s)
	}
	if s.in.Style == Flow {
		return e.removeInFlow(s)
	}
	from := e.start(s)
	begin := e.attached(from)
	end := e.endOf(s.value())
	if s.in.Kind == Mapping {
		end = max(end, e.colon(int(s.in.Pairs[s.index].Key.to)))
	} else {
		end = max(end, from+1)
	}
	if begin == e.lineStart(from) || begin < from {
		return []change{{begin, e.nextLine(end), ""}}
	}
	// The first part stands behind a dash, where the second one now goes.
	next := e.start(slot{in: s.in, index: 1})
	resume := e.attached(next)
	for e.file.Src[resume] == ' ' {
		resume++
	}
	return []change{{from, resume, ""}}
}

// empty makes {} or [] of what loses its last part.
func (e *Editor) empty(s slot) []change {
	text := "{}"
	if s.in.Kind == Sequence {
		text = "[]"
	}
	if s.in.Style == Flow || len(s.path) == 1 {
		return []change{{int(s.in.from), int(e.endOf(s.in)), text}}
	}
	parent, _ := e.find(s.path[:len(s.path)-2])
	up, err := e.slot(parent, s.path[:len(s.path)-1])
	if err != nil {
		return nil
	}
	changes := e.replace(up, &Node{Kind: s.in.Kind})
	// A comment above the only part goes with it.
	from := e.start(s)
	if top := e.attached(from); top < e.lineStart(from) && len(changes) == 2 && changes[1].from < from {
		cut := top - 1
		if cut > 0 && e.file.Src[cut-1] == '\r' {
			cut--
		}
		changes[1].from = max(cut, changes[0].to)
	}
	return changes
}

func (e *Editor) removeInFlow(s slot) []change {
	bounds := func(i int) (int, int) {
		if s.in.Kind == Mapping {
			p := s.in.Pairs[i]
			return int(p.Key.from), max(int(p.Value.to), e.colon(int(p.Key.to)))
		}
		return int(s.in.Items[i].from), int(s.in.Items[i].to)
	}
	from, to := bounds(s.index)
	if s.index+1 < len(s.in.Pairs)+len(s.in.Items) {
		next, _ := bounds(s.index + 1)
		return []change{{from, next, ""}}
	}
	_, before := bounds(s.index - 1)
	return []change{{before, to, ""}}
}

// insert puts an item into a list that has some.
func (e *Editor) insert(list *Node, at int, v *Node) []change {
	if list.Style == Flow {
		text := renderFlow(v, Auto)
		if at == len(list.Items) {
			end := int(list.Items[at-1].to)
			return []change{{end, end, ", " + text}}
		}
		from := int(list.Items[at].from)
		return []change{{from, from, text + ", "}}
	}
	indent := indentOf(list)
	text := e.renderItem(v, indent)
	if at == len(list.Items) {
		return e.addLines(e.endOf(list), strings.Repeat(" ", indent)+text)
	}
	from := e.dash(list, at)
	if begin := e.attached(from); begin <= e.lineStart(from) {
		return []change{{begin, begin, strings.Repeat(" ", indent) + text + "\n"}}
	}
	return []change{{from, from, text + "\n" + strings.Repeat(" ", indent)}}
}

// reorder moves an item of a list.
func (e *Editor) reorder(list *Node, from, to int) []change {
	if list.Style == Flow {
		return e.reorderInFlow(list, from, to)
	}
	if first := e.dash(list, 0); len(bytes.TrimSpace(e.file.Src[e.lineStart(first):first])) > 0 {
		return e.reorderBehindDash(list, from, to)
	}
	region := func(i int) (int, int) {
		dash := e.dash(list, i)
		begin := e.attached(dash)
		if begin > e.lineStart(dash) {
			begin = dash
		}
		return begin, e.nextLine(max(e.endOf(list.Items[i]), dash+1))
	}
	begin, end := region(from)
	text := string(e.file.Src[begin:end])
	target, after := region(to)
	if to > from {
		target = after
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if target == len(e.file.Src) && e.file.Src[target-1] != '\n' {
		text = "\n" + strings.TrimRight(text, "\r\n")
	}
	return []change{{begin, end, ""}, {target, target, strings.ReplaceAll(text, "\r\n", "\n")}}
}

// reorderBehindDash moves an item of a list whose first dash stands behind
// another one: the lines of all items are put together anew.
func (e *Editor) reorderBehindDash(list *Node, from, to int) []change {
	n := len(list.Items)
	starts := make([]int, n+1)
	starts[0] = e.dash(list, 0)
	for i := 1; i < n; i++ {
		starts[i] = e.attached(e.dash(list, i))
	}
	starts[n] = e.nextLine(max(e.endOf(list.Items[n-1]), e.dash(list, n-1)+1))
	indent := strings.Repeat(" ", indentOf(list))
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(string(e.file.Src[starts[i]:starts[i+1]]), "\r\n", "\n")
		if !strings.HasSuffix(parts[i], "\n") {
			parts[i] += "\n"
		}
	}
	parts[0] = indent + parts[0]
	moved := parts[from]
	parts = slices.Insert(slices.Delete(parts, from, from+1), to, moved)
	parts[0] = strings.TrimLeft(parts[0], " ")
	return []change{{starts[0], starts[n], strings.Join(parts, "")}}
}

// reorderInFlow moves the texts of items between the commas of a list.
func (e *Editor) reorderInFlow(list *Node, from, to int) []change {
	order := make([]int, 0, len(list.Items))
	for i := range list.Items {
		if i != from {
			order = append(order, i)
		}
	}
	order = append(order[:to], append([]int{from}, order[to:]...)...)
	var changes []change
	for i, n := range list.Items {
		if order[i] != i {
			changes = append(changes, change{int(n.from), int(n.to), string(e.file.Source(list.Items[order[i]]))})
		}
	}
	return changes
}
