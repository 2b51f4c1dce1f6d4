package demo

import (
	"fmt"
	"strings"
)

// Route gives the text of route number n: 74 lines over contracts, as long and
// as varied as the shipped ones, with a parallel approval, a choice, a loop and
// automatic actions. No two are alike, and lint finds nothing in them.
func Route(n int) (name, text string) {
	name = fmt.Sprintf("approval-%04d", n)
	replace := strings.NewReplacer(
		"NAME", name, "NUMBER", fmt.Sprint(n), "LIMIT", fmt.Sprintf("%d", 100_000+1000*n),
		"DAYS", fmt.Sprint(1+n%9), "HOURS", fmt.Sprint(2+n%7), "ROUNDS", fmt.Sprint(2+n%4),
		"PICK", []string{"any", "first", "least-loaded", "round-robin"}[n%4],
	)
	return name, replace.Replace(routeText)
}

const routeText = `# yaml-language-server: $schema=../.e1/schema/route.json
# Approval number NUMBER: those who must see the contract see it at once.
route: NAME
title: {en: Approval NUMBER, ru: Согласование NUMBER}
for: contracts
start: by hand
calendar: ru
controller: role head_of_sales

steps:
- task: {en: Check the card, ru: Проверить карточку договора NUMBER}
  id: check
  who: manager
  else: role manager
  pick: PICK
  due: HOURSwh
  remind: 50%
  escalate: {after: HOURSwh, to: role head_of_sales}
  fill: [client, amount, valid_until]

- parallel: {en: Approval, ru: Согласование}
  join: all
  branches:
  - approve: {en: Legal department, ru: Юридический отдел}
    id: legal
    who: role lawyer
    due: DAYSwd
    remind: 4wh before
  - approve: {en: Finance, ru: Финансовый директор}
    id: finance
    who: role cfo
    if: amount > LIMIT
    due: DAYSwd
  outcomes:
    approve: next
    remarks: {next: true, comment: required, title: {en: Remarks, ru: С замечаниями}}
    reject:
      title: {en: Rejected, ru: Отклонить}
      comment: required
      go: check
      max: ROUNDS
      else: end refused

- choose:
  branches:
  - if: amount > LIMIT and filled(client.manager)
    steps:
    - approve: {en: General director, ru: Генеральный директор}
      id: ceo
      who: role ceo
      due: DAYSwd
      outcomes:
        approve: next
        reject: {comment: required, end: refused}
  - if: empty(subject)
    steps:
    - task: {en: Write the subject, ru: Записать предмет договора}
      id: subject
      who: author
      due: 1wd
      fill: [subject]
  - else: next

- do:
  - set: {status: signing}
  - comment: '"согласовано по маршруту NUMBER"'

- task: {en: Sign, ru: Подписать договор}
  id: sign
  who: manager
  else: role manager
  due: DAYSwd
  text: {en: send both copies, ru: отправить оба экземпляра}
- end: approved
`
