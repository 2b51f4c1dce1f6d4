package document

import "testing"

func TestSmoke(t *testing.T) {
	d, err := Read([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != sample {
		t.Errorf("got\n%s", out)
	}
}

const sample = `form: inquiries
number: INQ-2026-000042
uid: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
registered: 2026-11-23T10:15:04+03:00
by: import/web-orders
status: in_work
card:
  name: ООО «Ромашка»
  inn: "7707083893"
  amount: "1500000.00"
  client: CLI-000123
  lines:
    - {item: Обучение, qty: "2", price: "15000.00"}
links:
  - {kind: reply_to, to: INQ-2026-000007}
files:
  - {name: offer.pdf, sha256: 5f3c, size: 18233, by: petrova, at: 2026-11-23T10:15:04+03:00}
routes:
  - id: 1
    route: long-sale
    definition: 5f3c
    state: running
    started: 2026-11-23T10:15:04+03:00
    open:
      - {at: contact, since: 2026-11-23T10:15:04+03:00}
    tasks:
      - {id: 1, step: contact, who: petrova, assigned: 2026-11-23T10:15:04+03:00, due: 2026-11-23T10:15:04+03:00, outcome: accepted}
comments:
  - id: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
    at: 2026-11-23T10:15:04+03:00
    by: petrova
    text: |-
      Первая строка
      вторая строка
`
