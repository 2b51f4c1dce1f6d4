// Package schema makes JSON Schemas of the definitions of one repository, so
// that editors complete and check them while they are written.
//
// In go the definitions; out come schemas in draft 7, the version that YAML
// language servers understand best, with the repository's own forms, fields,
// roles, users, departments, directories, calendars and routes in them. A schema
// says what has the right shape; what a definition means is for lint, so a
// schema may accept what lint refuses, never the reverse.
//
// Invariant: the same definitions give the same bytes, and every key that a
// parser knows is in its schema (a test reads the parsers).
package schema
