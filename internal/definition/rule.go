package definition

import (
	"bytes"
	"errors"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// RulesDir is the folder of auto-processing rules.
const RulesDir = "rules"

// RuleFile is one rule as its file has it.
type RuleFile struct {
	Name string // of the file
	File *yamlsrc.File
	Def  *rule.Rule // as far as it could be read
	// Problems are those of the rule alone and of what it refers to.
	Problems diag.List
}

// Rules returns all rules by name, broken ones too. Where there are none it
// costs one listing.
func (d *Set) Rules() ([]*RuleFile, error) {
	if d.rulesRead {
		return d.rules, nil
	}
	var out []*RuleFile
	var unread error
	err := d.each(RulesDir, func(name string, f *yamlsrc.File, problems diag.List) {
		r := &RuleFile{Name: name, File: f, Problems: problems}
		if f.Root != nil {
			def, more := rule.Parse(f)
			r.Def, r.Problems = def, f.WithoutEchoes(append(r.Problems, more...))
			if _, unread = d.Forms(); def != nil && unread == nil {
				r.Problems = append(r.Problems, def.Follow(d.renamed)...)
			}
		}
		out = append(out, r)
	})
	if err = errors.Join(err, unread); err != nil {
		return nil, err
	}
	if len(out) > 0 {
		if err := d.checkRules(out); err != nil {
			return nil, err
		}
	}
	d.rules, d.rulesRead = out, true
	return out, nil
}

func (d *Set) checkRules(files []*RuleFile) error {
	set, err := d.Forms()
	if err != nil {
		return err
	}
	ctx, err := d.routeContext()
	if err != nil {
		return err
	}
	var sound []*rule.Rule
	for _, f := range files {
		if f.Def == nil {
			continue
		}
		f.Problems = append(f.Problems, rule.Check(f.Def, ctx, set.Form, d.stepsOf)...)
		if !f.Problems.HasErrors() {
			sound = append(sound, f.Def)
		}
	}
	for _, p := range rule.Together(sound, d.Surroundings(set)) {
		for _, f := range files {
			if f.File.Name == p.At.File {
				f.Problems = append(f.Problems, p)
			}
		}
	}
	return nil
}

// Surroundings is what rules act in. Routes are parsed when a rule may begin
// one.
func (d *Set) Surroundings(set *form.Set) rule.Surroundings {
	return rule.Surroundings{
		Refers: func(name, field string) string {
			f := set.Form(name)
			if f == nil || f.Field(field) == nil {
				return ""
			}
			return f.Field(field).Form
		},
		Begun: d.begun,
		Route: d.Parsed,
	}
}

// begun gives the routes that an event on documents of a form may begin.
func (d *Set) begun(form string, on route.StartKind) []*route.Route {
	key := string(on) + " " + form
	d.mu.Lock()
	known, ok := d.begins[key]
	d.mu.Unlock()
	if ok || d.listRoutes() != nil {
		return known
	}
	var out []*route.Route
	for _, name := range d.routeNames {
		if !d.MayStart(name, form, on) {
			continue
		}
		if r := d.Parsed(name); r != nil {
			out = append(out, r)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begins == nil {
		d.begins = map[string][]*route.Route{}
	}
	d.begins[key] = out
	return out
}

// stepsOf gives the steps that routes of a form give to people, with their
// outcomes, also as "route/step".
func (d *Set) stepsOf(form string) map[string][]string {
	if err := d.loadRoutes(); err != nil {
		return nil
	}
	out := map[string][]string{}
	for _, name := range d.routeNames {
		r := d.routeFiles[name].Def // those with errors too: they are there
		if r == nil || r.For.Text != form {
			continue
		}
		for _, s := range r.Steps() {
			if s.Verb != route.Task && s.Verb != route.Approve {
				continue
			}
			for _, o := range s.Outcomes {
				out[s.ID] = append(out[s.ID], o.Name)
			}
			out[r.Name.Text+"/"+s.ID] = out[s.ID]
		}
		for _, id := range r.LostIDs() { // in parts that are not understood
			out[id], out[r.Name.Text+"/"+id] = nil, nil
		}
	}
	return out
}

// DatedRules returns the rules of a form that wait for dates and can be
// applied. Every command that looks at the index asks; rules without the word
// are not even parsed.
func (d *Set) DatedRules(form string) ([]*rule.Rule, error) {
	if !d.datedRead {
		if err := d.readDated(); err != nil {
			return nil, err
		}
	}
	return d.dated[form], nil
}

func (d *Set) readDated() error {
	names, err := d.src.List(RulesDir, Ext)
	if err != nil {
		return err
	}
	mayBe := false
	for _, name := range names {
		src, err := d.src.Read(name)
		if err != nil {
			return err
		}
		mayBe = mayBe || bytes.Contains(src, []byte(rule.Date))
	}
	if mayBe {
		all, err := d.Rules()
		if err != nil {
			return err
		}
		d.dated = map[string][]*rule.Rule{}
		for _, f := range all {
			if f.Def != nil && f.Def.Dated() && !f.Problems.HasErrors() {
				d.dated[f.Def.For.Text] = append(d.dated[f.Def.For.Text], f.Def)
			}
		}
	}
	d.datedRead = true
	return nil
}

// RulesFor returns the rules of a form that can be applied, by name, and the
// names of those that cannot.
func (d *Set) RulesFor(form string) (usable []*rule.Rule, broken []string, err error) {
	all, err := d.Rules()
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		switch {
		case f.Problems.HasErrors():
			if f.Def == nil || f.Def.For.Text == form || f.Def.For.Text == "" {
				broken = append(broken, f.Name)
			}
		case f.Def.For.Text == form:
			usable = append(usable, f.Def)
		}
	}
	return usable, broken, nil
}
