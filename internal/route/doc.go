// Package route reads route definitions: the way a document travels, with its
// tasks, decisions, parallel branches and automatic actions.
//
// In goes the source of a YAML file, out comes a typed tree in which every
// element knows its place, together with all problems of the file at once.
// Parse knows only the file itself; Check holds the tree against the forms,
// people, calendars and other routes of a repository. The package refuses
// whatever it does not understand: nothing in a route is silently ignored.
// It does no I/O and knows no clock.
//
// Invariant: every step of a parsed route has an id that is unique in the
// route and depends on nothing but the route's own text.
package route
