package expr

import (
	"maps"
	"slices"
	"sort"
)

// Kind is the kind of a type.
type Kind uint8

// The kinds. Any is the kind of an untyped nil and of values nothing is known about.
const (
	Any Kind = iota
	Text
	Multiline
	Email
	Phone
	INN
	KPP
	OGRN
	BIK
	Account
	Bool
	Int
	Decimal
	Money
	DateKind
	DateTime
	DurationKind
	Choice    // one of Values; Type.Name is the field or "status"
	Directory // an entry of directory Type.Name
	UserKind
	Document // a document of form Type.Name; any form when empty
	Table    // rows with the columns Type.Fields
	List     // elements of *Type.Elem
	Record   // a record with Type.Fields, such as settings
)

var kindNames = [...]string{
	"any", "text", "multiline", "email", "phone", "inn", "kpp", "ogrn", "bik", "account", "bool", "int",
	"decimal", "money", "date", "datetime", "duration", "choice", "directory", "user", "document", "table",
	"list", "record",
}

// String is the name of the kind as forms write it.
func (k Kind) String() string { return kindNames[k] }

// KindOf is the kind with a name as forms write it; ok is false for other words and for the kinds no field
// can have (any, list, record).
func KindOf(name string) (k Kind, ok bool) {
	i := slices.Index(kindNames[:], name)
	if i <= int(Any) || i >= int(List) {
		return Any, false
	}
	return Kind(i), true
}

// IsText reports whether values of the kind are texts.
func (k Kind) IsText() bool { return k >= Text && k <= Account }

// IsNumber reports whether values of the kind are numbers.
func (k Kind) IsNumber() bool { return k == Int || k == Decimal || k == Money }

// IsNamed reports whether values of the kind are known by an id: entries, users and documents.
func (k Kind) IsNamed() bool { return k >= Choice && k <= Document }

// Type is the type of a name or of an expression.
type Type struct {
	Kind Kind
	// Name is the directory of a Directory, the form of a Document.
	Name string
	// Fields are the columns of a Table and the members of a Record.
	Fields *Env
	// Elem is the element type of a List.
	Elem *Type
	// Nullable says that the value may be empty.
	Nullable bool
	// Values are the ids a Choice, Directory or User may take, in their order; nil when unknown.
	Values []string
}

// String describes the type in a message.
func (t Type) String() string {
	switch {
	case t.Kind == Directory && t.Name != "":
		return "entry of " + t.Name
	case t.Kind == Document && t.Name != "":
		return "document of " + t.Name
	case t.Kind == List && t.Elem != nil:
		return "list of " + t.Elem.String()
	}
	return t.Kind.String()
}

// Var is one name of an environment.
type Var struct {
	Name string
	Type Type
	// Clock marks a value that depends on when it is asked; Options.NoClock refuses it.
	Clock bool
	// Now is set for a former name: what it is called now. An expression that uses it means, and reads, the present
	// name; it is never suggested.
	Now string
}

// Env says which names an expression may use and of which type they are. It is immutable.
type Env struct {
	names   []string
	vars    map[string]Var
	resolve Resolver
	funcs   []Func
}

// Resolver gives the environment of the fields behind a dot: kind is "form" or "directory". It may return
// nil for unknown names. It is called when an expression uses such a dot, so forms may refer to each other.
type Resolver func(kind, name string) *Env

// NewEnv makes an environment. The names today (date) and now (datetime) are always there. A later variable
// replaces an earlier one of the same name.
func NewEnv(vars []Var, resolve Resolver) *Env {
	e := &Env{vars: make(map[string]Var, len(vars)+2), resolve: resolve}
	e.add(Var{Name: "today", Type: Type{Kind: DateKind}, Clock: true})
	e.add(Var{Name: "now", Type: Type{Kind: DateTime}, Clock: true})
	for _, v := range vars {
		e.add(v)
	}
	return e
}

// NewRecord makes the environment of a record, a table row or a directory entry: only the names given.
func NewRecord(vars []Var, resolve Resolver) *Env {
	e := &Env{vars: make(map[string]Var, len(vars)), resolve: resolve}
	for _, v := range vars {
		e.add(v)
	}
	return e
}

func (e *Env) add(v Var) {
	old, ok := e.vars[v.Name]
	switch {
	case v.Now != "" && ok:
		return // a present name counts more
	case v.Now == "" && (!ok || old.Now != ""):
		e.names = append(e.names, v.Name)
	}
	e.vars[v.Name] = v
}

// With is the environment with more names; of equal names the new one counts.
func (e *Env) With(vars ...Var) *Env {
	n := &Env{vars: maps.Clone(e.vars), names: slices.Clone(e.names), resolve: e.resolve}
	for _, v := range vars {
		n.add(v)
	}
	n.funcs = e.funcs
	return n
}

// WithFuncs is the environment with more functions. Their names must not be those of the language.
func (e *Env) WithFuncs(funcs ...Func) *Env {
	n := *e
	n.funcs = append(slices.Clone(e.funcs), funcs...)
	return &n
}

func (e *Env) function(name string) (Func, bool) {
	if e != nil {
		for _, f := range e.funcs {
			if f.Name == name {
				return f, true
			}
		}
	}
	return Func{}, false
}

// Lookup finds a name.
func (e *Env) Lookup(name string) (Var, bool) {
	if e == nil {
		return Var{}, false
	}
	v, ok := e.vars[name]
	return v, ok
}

// Names lists all present names in the order in which they were added.
func (e *Env) Names() []string {
	if e == nil {
		return nil
	}
	return slices.Clone(e.names)
}

func (e *Env) sorted() []string {
	n := e.Names()
	sort.Strings(n)
	return n
}

// fields is the environment behind a dot on a value of type t, nil when it has none.
func (e *Env) fields(t Type) *Env {
	switch t.Kind {
	case Table, Record:
		return t.Fields
	case UserKind:
		return userFields
	case Choice:
		return entryFields
	case Document, Directory:
		if t.Fields != nil {
			return t.Fields
		}
		if e.resolve == nil || t.Name == "" {
			return nil
		}
		kind := "form"
		if t.Kind == Directory {
			kind = "directory"
		}
		return e.resolve(kind, t.Name)
	}
	return nil
}

// resolver finds an inherited resolver: environments behind a dot may have none of their own.
func (e *Env) inherit(from *Env) *Env {
	if e == nil || e.resolve != nil || from == nil || from.resolve == nil {
		return e
	}
	c := *e
	c.resolve = from.resolve
	return &c
}

// userFields are the members of every user.
var userFields = NewRecord([]Var{
	{Name: "id", Type: Type{Kind: Text}},
	{Name: "name", Type: Type{Kind: Text}},
	{Name: "email", Type: Type{Kind: Email, Nullable: true}},
	{Name: "department", Type: Type{Kind: Choice, Nullable: true}},
	{Name: "head", Type: Type{Kind: UserKind, Nullable: true}},
}, nil)

// entryFields are the members of every choice and status.
var entryFields = NewRecord([]Var{
	{Name: "id", Type: Type{Kind: Text}},
	{Name: "title", Type: Type{Kind: Text}},
}, nil)
