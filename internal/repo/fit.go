package repo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fitName is the file, in e1's own folder, of the routes that were found fit to
// start. It is disposable: it holds for the definitions and the program it was
// written with, which its first line stands for, and any other is as none.
const fitName = "fit"

// fitRoutes are the routes of the definitions at HEAD that were judged before.
type fitRoutes struct {
	judge string // the definitions, and who judged them
	names []string
	fresh bool // the file says something else
}

// Fit reports whether a route of HEAD was found fit to start before: judging one
// takes longer than all else that starting it does.
func (r *Repo) Fit(route string) bool {
	return slices.Contains(r.fitHere().names, route)
}

// FoundFit remembers that a route of HEAD may be started.
func (r *Repo) FoundFit(route string) {
	if f := r.fitHere(); f.judge != "" && !slices.Contains(f.names, route) {
		f.names, f.fresh = append(f.names, route), true
	}
}

// fitHere gives what is known of the present definitions.
func (r *Repo) fitHere() *fitRoutes {
	if r.fit != nil {
		return r.fit
	}
	r.fit = &fitRoutes{judge: r.judgedBy()}
	b, err := os.ReadFile(r.fitFile())
	if err != nil || r.fit.judge == "" {
		return r.fit
	}
	sum, names, _ := strings.Cut(strings.TrimSuffix(string(b), "\n"), "\n")
	if f := (&fitRoutes{judge: r.fit.judge, names: strings.Split(names, "\n")}); f.sum() == sum {
		r.fit = f
	}
	return r.fit
}

func (r *Repo) fitFile() string { return filepath.Join(r.git.Dir(), fitName) }

// judgedBy stands for whatever a verdict depends on: everything that HEAD holds
// besides documents, and this program; empty when that cannot be told.
func (r *Repo) judgedBy() string {
	entries, err := r.git.Tree(r.tree)
	if err != nil || len(entries) == 0 {
		return ""
	}
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	st, err := os.Stat(program)
	if err != nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d\n", program, st.Size(), st.ModTime().UnixNano())
	for _, e := range entries {
		if e.Name != documentsDir {
			fmt.Fprintf(h, "%s %s %o\n", e.ID, e.Name, e.Mode)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sum is the first line of the file: what was judged by whom, and the names, so
// that a file cut off is none.
func (f *fitRoutes) sum() string {
	h := sha256.New()
	_, _ = io.WriteString(h, f.judge+"\n"+strings.Join(f.names, "\n"))
	return hex.EncodeToString(h.Sum(nil))
}

// keepFit writes the file anew when something was judged, or when a definition
// was pinned, which changes nothing for those that start. Failing does no harm:
// the next command judges again.
func (r *Repo) keepFit() {
	if r.dry || r.fit == nil || !r.fit.fresh || len(r.fit.names) == 0 {
		return
	}
	r.fit.judge = r.judgedBy()
	_ = r.git.WriteOwn(fitName, []byte(r.fit.sum()+"\n"+strings.Join(r.fit.names, "\n")+"\n"))
}
