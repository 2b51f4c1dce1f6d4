package index

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"modernc.org/sqlite"
)

// conn is one connection to SQLite. The driver is used without database/sql:
// its pool brings a goroutine and a copy of every value, and the overlay's
// temporary tables need the same connection throughout anyway.
type conn struct {
	ctx   context.Context // ends long queries
	c     driver.Conn
	cache map[string]*stmt
	args  []driver.NamedValue
	asked int // queries so far
}

type stmt struct {
	s    driver.Stmt
	exec driver.StmtExecContext
	qry  driver.StmtQueryContext
	busy bool
}

// connect opens the file at path; mode is ro, rw, rwc or memory.
func connect(ctx context.Context, path, mode string) (*conn, error) {
	u := url.URL{Scheme: "file", Path: path}
	dsn := u.String() + "?mode=" + mode
	if mode == "memory" {
		dsn = "file::memory:?mode=memory"
	}
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	c, err := connector.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	return &conn{ctx: ctx, c: c, cache: map[string]*stmt{}}, nil
}

func (c *conn) close() error {
	c.forget()
	return c.c.Close()
}

// forget finalizes all kept statements; schema changes want none alive.
func (c *conn) forget() {
	for _, s := range c.cache {
		if !s.busy {
			_ = s.s.Close()
		}
	}
	c.cache = map[string]*stmt{}
}

// prepare gives the kept statement for query, or a new one when that is in the
// middle of answering; done has to be called when the statement is free again.
func (c *conn) prepare(query string) (s *stmt, done func(), err error) {
	s = c.cache[query]
	if s != nil && !s.busy {
		s.busy = true
		return s, func() { s.busy = false }, nil
	}
	ds, err := c.c.Prepare(query)
	if err != nil {
		return nil, nil, fmt.Errorf("%w in %s", err, query)
	}
	n := &stmt{s: ds, busy: true}
	n.exec, _ = ds.(driver.StmtExecContext)
	n.qry, _ = ds.(driver.StmtQueryContext)
	if n.exec == nil || n.qry == nil {
		return nil, nil, errors.New("the SQLite driver cannot run statements")
	}
	if s == nil && len(c.cache) < 256 {
		c.cache[query] = n
		return n, func() { n.busy = false }, nil
	}
	return n, func() { _ = ds.Close() }, nil
}

func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		switch v := a.(type) {
		case int:
			a = int64(v)
		case bool:
			a = int64(0)
			if v {
				a = int64(1)
			}
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

func (c *conn) exec(query string, args ...any) error {
	s, done, err := c.prepare(query)
	if err != nil {
		return err
	}
	defer done()
	_, err = s.exec.ExecContext(context.Background(), c.bind(args))
	return err
}

// script runs statements separated by ";\n".
func (c *conn) script(text string) error {
	for _, q := range strings.Split(text, ";\n") {
		if q = strings.TrimSpace(q); q == "" {
			continue
		}
		s, err := c.c.Prepare(q)
		if err != nil {
			return fmt.Errorf("%w in %s", err, q)
		}
		_, err = s.(driver.StmtExecContext).ExecContext(context.Background(), nil)
		if cerr := s.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return fmt.Errorf("%w in %s", err, q)
		}
	}
	return nil
}

// errStop ends a query early without an error.
var errStop = errors.New("stop")

// rowsBetweenLooks is after how many rows a query looks whether it is still
// wanted. The driver would watch the context itself, with a goroutine for each
// query, however small.
const rowsBetweenLooks = 256

// query calls fn for each row. The slice is reused.
func (c *conn) query(query string, args []any, fn func(row []driver.Value) error) error {
	c.asked++
	s, done, err := c.prepare(query)
	if err != nil {
		return err
	}
	defer done()
	rows, err := s.qry.QueryContext(context.Background(), append([]driver.NamedValue(nil), c.bind(args)...))
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	for n := 1; ; n++ {
		if err = rows.Next(row); err != nil {
			break
		}
		if n%rowsBetweenLooks == 0 {
			if err = c.ctx.Err(); err != nil {
				break
			}
		}
		if err = fn(row); err != nil {
			break
		}
	}
	cerr := rows.Close()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, errStop):
		return cerr
	default:
		return err
	}
}

// one reads the first row of a query; ok is false when there is none.
func (c *conn) one(query string, args ...any) (row []driver.Value, ok bool, err error) {
	err = c.query(query, args, func(r []driver.Value) error {
		row, ok = append([]driver.Value(nil), r...), true
		return errStop
	})
	return row, ok, err
}

func (c *conn) int(query string, args ...any) (int64, error) {
	row, ok, err := c.one(query, args...)
	if err != nil || !ok {
		return 0, err
	}
	return asInt(row[0]), nil
}

func asInt(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

func asString(v driver.Value) string {
	switch s := v.(type) {
	case string:
		return s
	case []byte:
		return string(s)
	}
	return ""
}

// value is what SQLite gives back: nil, int64, string, []byte or float64.
type value = driver.Value
