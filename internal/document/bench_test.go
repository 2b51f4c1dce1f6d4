package document

import "testing"

func BenchmarkRead(b *testing.B) {
	src := []byte(sample)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	d, err := Read([]byte(sample))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Encode(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	src := []byte(sample)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	var r Reader
	for b.Loop() {
		if _, err := r.Read(src); err != nil {
			b.Fatal(err)
		}
	}
}
