package yamlsrc

import "testing"

// typical is a document of 0.7 kB, as most are.
const typical = `form: inquiries
number: INQ-2026-000042
uid: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
registered: 2026-11-23T10:15:04+03:00
by: import/web-orders
status: in_work
card:
  kind: training
  name: ООО «Ромашка»
  inn: "7707083893"
  phone: "+74951234567"
  email: info@romashka.invalid
  amount: "30000.00"
  client: CLI-000123
  manager: petrova
  lines:
    - {item: Обучение, qty: "2", price: "15000.00"}
routes:
  - id: 1
    route: long-sale
    definition: 5f3c7d0e9a1b2c3d4e5f60718293a4b5c6d7e8f9
    state: running
    started: 2026-11-23T10:15:04+03:00
    tasks:
      - {id: 1, step: contact, who: petrova, assigned: 2026-11-23T10:15:04+03:00, due: 2026-11-24T10:15:04+03:00}
`

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		if f, problems := Parse("a", []byte(typical)); f.Root == nil || len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkParseCanonical(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	src := []byte(typical)
	for b.Loop() {
		if _, ok := ParseCanonical(src); !ok {
			b.Fatal("not canonical")
		}
	}
}

func BenchmarkCanonicalReader(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	src := []byte(typical)
	var r CanonicalReader
	for b.Loop() {
		if _, ok := r.Parse(src); !ok {
			b.Fatal("not canonical")
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	f, _ := Parse("a", []byte(typical))
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(f.Root); err != nil {
			b.Fatal(err)
		}
	}
}
