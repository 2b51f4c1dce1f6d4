package engine

import "github.com/e1-dms/e1/internal/worktime"

func duration(workingHours int) worktime.Duration { return worktime.Duration{WorkHours: workingHours} }

// instancePatterns are those of several instances of one step.
var instancePatterns = []pattern{
	{12, "Multiple Instances without Synchronization", "instances run beside each other and nothing waits for them", `
- each: [ann, bob]
  join: none
  steps:
  - {task: A, id: a, who: item}
- {task: C, id: c, who: cat}
- {task: D, id: d, who: dan}
`, []play{{"", []string{"a@ann ann, a@bob bob, c cat", "3 cat => a@ann ann, a@bob bob, d dan", "1 ann => a@bob bob, d dan", "4 dan => a@bob bob", "2 bob => done done"}}}},

	{13, "Multiple Instances with a priori Design-Time Knowledge", "as many instances as the route says; all are awaited", `
- each: [ann, bob, cat]
  as: person
  steps:
  - {task: A, id: a, who: person}
- {task: C, id: c, who: cat}
`, []play{{"lines dan", []string{"a@ann ann, a@bob bob, a@cat cat", "2 bob => a@ann ann, a@cat cat", "3 cat => a@ann ann", "1 ann => c cat"}}}},

	{14, "Multiple Instances with a priori Run-Time Knowledge", "as many instances as the card says when they begin; all are awaited", `
- each: lines
  as: line
  steps:
  - {task: A, id: a, who: line.owner}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"c cat"}},
		{"lines bob", []string{"a@1 bob", "1 bob => c cat"}},
		{"lines bob ann bob", []string{"a@1 bob, a@2 ann, a@3 bob", "1 bob => a@2 ann, a@3 bob", "3 bob => a@2 ann", "lines cat => a@2 ann", "2 ann => c cat"}},
	}},

	{15, "Multiple Instances without a priori Run-Time Knowledge", "instances are added while others are at work; all are awaited", `
- each: [ann, bob]
  id: experts
  as: expert
  allow: add
  steps:
  - {task: A, id: a, who: expert}
- {task: C, id: c, who: cat}
`, []play{{"", []string{"a@ann ann, a@bob bob", "1 ann => a@bob bob", "add experts dan => a@bob bob, a@dan dan", "no add experts dan => a@bob bob, a@dan dan",
		"2 bob => a@dan dan", "add experts cat => a@dan dan, a@cat cat", "3 dan => a@cat cat", "4 cat => c cat", "no add experts eve => c cat"}}}},

	{15, "Multiple Instances without a priori Run-Time Knowledge: rows", "rows that are added are begun while others are at work", `
- each: lines
  id: all
  as: line
  allow: add
  steps:
  - {task: A, id: a, who: line.owner}
- {task: C, id: c, who: cat}
`, []play{{"lines ann", []string{"a@1 ann", "lines bob => a@1 ann, a@2 bob", "no add all cat => a@1 ann, a@2 bob", "1 ann => a@2 bob", "lines cat => a@2 bob, a@3 cat", "3 cat => a@2 bob", "2 bob => c cat"}}}},

	{26, "Cancel Multiple Instance Activity", "what is not completed is withdrawn, what is stays", cancelOrComplete("cancel"), []play{
		{"", []string{"a@ann ann, a@bob bob, c cat", "1 ann => a@bob bob, c cat", "3 cat => d dan", "no 2 bob => d dan"}},
	}},

	{27, "Complete Multiple Instance Activity", "what is not completed is taken for completed, and the route goes on behind it", cancelOrComplete("complete"), []play{
		{"", []string{"a@ann ann, a@bob bob, c cat", "1 ann => a@bob bob, c cat", "3 cat => d dan", "no 2 bob => d dan"}},
	}},

	{34, "Static Partial Join for Multiple Instances", "so many instances let the route go on, the others do so no more", `
- each: [ann, bob, cat]
  join: 2
  steps:
  - {task: A, id: a, who: item}
- {task: D, id: d, who: dan}
`, []play{{"", []string{"a@ann ann, a@bob bob, a@cat cat", "1 ann => a@bob bob, a@cat cat", "2 bob => a@cat cat, d dan", "3 cat => d dan", "4 dan => done done"}}}},

	{35, "Cancelling Partial Join for Multiple Instances", "so many instances let the route go on and cancel the others", `
- each: [ann, bob, cat]
  join: 2
  rest: cancel
  steps:
  - {task: A, id: a, who: item}
- {task: D, id: d, who: dan}
`, []play{{"", []string{"a@ann ann, a@bob bob, a@cat cat", "1 ann => a@bob bob, a@cat cat", "2 bob => d dan", "no 3 cat => d dan"}}}},

	{36, "Dynamic Partial Join for Multiple Instances", "instances are added while others are at work; when a condition holds the route goes on, and nothing can be added", `
- each: [ann, bob]
  id: experts
  allow: add
  join: when(arrived * 2 >= started and arrived >= 2 or "reject" in answers)
  outcomes: {approve: next, reject: {comment: required, end: refused}}
  steps:
  - {approve: A, id: a, who: item}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"a@ann ann, a@bob bob", "1 ann approve => a@bob bob", "add experts dan => a@bob bob, a@dan dan", "add experts cat => a@bob bob, a@dan dan, a@cat cat",
			"add experts eve => a@bob bob, a@dan dan, a@cat cat, a@eve eve", "2 bob approve => a@dan dan, a@cat cat, a@eve eve", // two of five are not enough
			"3 dan approve => a@cat cat, a@eve eve, c cat", "no add experts old => a@cat cat, a@eve eve, c cat", "5 eve reject: late => a@cat cat, c cat", "4 cat approve => c cat", "6 cat => done done"}},
		{"", []string{"a@ann ann, a@bob bob", "add experts dan => a@ann ann, a@bob bob, a@dan dan", "3 dan reject: no => a@ann ann, a@bob bob", "1 ann approve => a@bob bob", "2 bob approve => done refused"}},
	}},
}

func cancelOrComplete(what string) string {
	return `
- parallel:
  branches:
  - each: [ann, bob]
    id: all
    steps:
    - {task: A, id: a, who: item}
  - steps:
    - {task: C, id: c, who: cat}
    - do: {` + what + `: all}
- {task: D, id: d, who: dan}
`
}

// statePatterns are those in which the state of the document decides, and those
// of cancelling, triggers and ends.
var statePatterns = []pattern{
	{16, "Deferred Choice", "whatever happens first decides, and the other ways are withdrawn", `
- wait:
    first:
    - {when: amount > 10, steps: [{task: Much, id: much, who: ann}]}
    - {message: any, steps: [{task: Read, id: read, who: bob}]}
    - {until: 2wd, steps: [{task: Late, id: late, who: cat}]}
- {task: D, id: d, who: dan}
`, []play{
		{"", []string{"", "set amount=11 => much ann", "letter => much ann", "later 40 => much ann", "1 ann => d dan"}},
		{"", []string{"", "letter => read bob", "set amount=11 => read bob", "later 40 => read bob", "1 bob => d dan"}},
		{"", []string{"", "later 15 => ", "later 1 => late cat", "letter => late cat", "set amount=11 => late cat", "1 cat => d dan"}},
	}},

	{17, "Interleaved Parallel Routing", "one after the other, never two at once, each once, in an order that is given in part", `
- parallel:
  one_at_a_time: true
  branches:
  - {task: A, id: a, who: ann, after: b}
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: cat, after: b}
- end: over
`, []play{{"", []string{"b bob", "no 2 ann => b bob", "1 bob => a ann", "2 ann => c cat", "3 cat => done over"}}}},

	{18, "Milestone", "a step is possible only while another is at work: it ends with that, and cannot begin after it", `
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - steps:
    - {task: S, id: s, who: cat}
    - {task: B, id: b, who: bob, while: open(a)}
- {task: C, id: c, who: dan}
`, []play{
		{"", []string{"a ann, s cat", "2 cat => a ann, b bob", "3 bob => a ann", "1 ann => c dan"}},
		{"", []string{"a ann, s cat", "2 cat => a ann, b bob", "1 ann => c dan", "no 3 bob => c dan"}},
		{"", []string{"a ann, s cat", "1 ann => s cat", "2 cat => c dan"}}, // b is too late
	}},

	{19, "Cancel Task", "one task is withdrawn, what follows is done", `
- {task: A, id: a, who: ann}
- {task: B, id: b, who: bob}
`, []play{{"", []string{"a ann", "withdraw 1 => b bob", "no 1 ann => b bob", "2 bob => done done"}}}},

	{20, "Cancel Case", "the whole route is stopped, whatever is at work", `
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {wait: 1wd}
- {task: C, id: c, who: cat}
`, []play{{"", []string{"a ann, b bob", "1 ann => b bob", "stop => stopped ", "later 16 => stopped ", "no 2 bob => stopped "}}}},

	{23, "Transient Trigger", "what happens while nobody listens is lost", `
- {task: S, id: s, who: ann}
- parallel:
  on:
  - {message: any, keep: false, cancel: a, steps: [{task: H, id: h, who: dan}]}
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"s ann", "letter => s ann", "1 ann => a ann, b bob", "2 ann => b bob", "3 bob => c cat", "letter => c cat"}},
		{"", []string{"s ann", "1 ann => a ann, b bob", "letter => b bob, h dan", "letter => b bob, h dan", "4 dan => b bob", "3 bob => c cat"}},
	}},

	{24, "Persistent Trigger", "what happens before it is waited for is kept, and used once", `
- {task: S, id: s, who: ann}
- {wait: {message: any}, id: first}
- {task: B, id: b, who: bob}
- {wait: {message: any}, id: second}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"s ann", "letter => s ann", "1 ann => b bob", "2 bob => ", "letter => c cat"}},
		{"", []string{"s ann", "letter => s ann", "letter => s ann", "1 ann => b bob", "2 bob => c cat"}},
		{"", []string{"s ann", "1 ann => ", "letter => b bob"}},
	}},

	{25, "Cancel Region", "what is at work in a region is withdrawn, what is done stays, what is outside goes on", `
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - steps:
    - {task: B, id: b, who: bob}
    - {task: B2, id: b2, who: bob}
  - {task: E, id: e, who: eve}
  - steps:
    - {task: C, id: c, who: cat}
    - do: {cancel: [a, b, b2]}
- {task: D, id: d, who: dan}
`, []play{
		{"", []string{"a ann, b bob, e eve, c cat", "4 cat => e eve, b2 bob", "3 eve => b2 bob", "5 bob => d dan"}},
		{"", []string{"a ann, b bob, e eve, c cat", "1 ann => b bob, e eve, c cat", "2 bob => e eve, c cat, b2 bob", "4 cat => e eve", "no 5 bob => e eve", "3 eve => d dan"}},
	}},

	{39, "Critical Section", "of two sections only one is at work at a time, from its first step to its last", `
- parallel:
  branches:
  - parallel:
    lock: stamp
    branches:
    - steps:
      - {task: A, id: a, who: ann}
      - {task: A2, id: a2, who: ann}
  - parallel:
    lock: stamp
    branches:
    - steps:
      - {task: B, id: b, who: bob}
      - {task: B2, id: b2, who: bob}
- {task: C, id: c, who: cat}
`, []play{{"", []string{"a ann", "1 ann => a2 ann", "2 ann => b bob", "3 bob => b2 bob", "4 bob => c cat"}}}},

	{40, "Interleaved Routing", "one after the other, never two at once, each once, in any order", `
- parallel:
  one_at_a_time: true
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {task: D, id: d, who: dan}
- {task: C, id: c, who: cat}
`, []play{{"", []string{"a ann", "no 2 bob => a ann", "1 ann => b bob", "2 bob => d dan", "3 dan => c cat"}}}},

	{43, "Explicit Termination", "an end that is reached ends the route, whatever is at work", `
- parallel:
  rest: cancel
  branches:
  - {task: A, id: a, who: ann}
  - steps:
    - {task: B, id: b, who: bob}
    - end: broken
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"a ann, b bob", "2 bob => done broken", "no 1 ann => done broken"}},
		{"", []string{"a ann, b bob", "1 ann => b bob", "2 bob => done broken"}},
	}},
}
