package engine

import (
	"testing"

	"github.com/e1-dms/e1/internal/route"
)

func TestShippedRoutesAreClean(t *testing.T) {
	set, routes := shipped(t)
	for _, r := range routes {
		for _, p := range route.Check(r, route.ContextOf(set, []string{"ru"}, routes)) {
			t.Errorf("%s", p.Error())
		}
	}
}
