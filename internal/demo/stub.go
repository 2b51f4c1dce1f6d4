package demo

import (
	"errors"

	"github.com/e1-dms/e1/internal/form"
)

type generator struct{}

func newGenerator(opt Options, forms *form.Set) (*generator, error) { return nil, errors.New("not written yet") }
func (g *generator) run(emit func(path string, data []byte) error) (Summary, error) { return Summary{}, nil }
