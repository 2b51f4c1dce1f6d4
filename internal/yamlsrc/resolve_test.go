package yamlsrc

import (
	"testing"

	"gopkg.in/yaml.v3"
)

// TestResolveKnowsNumbers looks at every short text that could be a number: what
// yaml.v3 takes for something else than text, Resolve does too.
func TestResolveKnowsNumbers(t *testing.T) {
	t.Parallel()
	const letters = "+-._01xboeE:"
	other := 0
	var try func(text string, more int)
	try = func(text string, more int) {
		if text != "" {
			var n yaml.Node
			if yaml.Unmarshal([]byte("- "+text), &n) == nil && len(n.Content) == 1 && len(n.Content[0].Content) == 1 {
				if v := n.Content[0].Content[0]; v.Kind == yaml.ScalarNode && v.Tag != "!!str" {
					if other++; Resolve(text) == TagText {
						t.Errorf("%q is %s to yaml.v3", text, v.Tag)
					}
				}
			}
		}
		if more == 0 {
			return
		}
		for _, c := range letters {
			try(text+string(c), more-1)
		}
	}
	try("", 4)
	if other < 400 {
		t.Errorf("only %d of them are no text", other)
	}
}
