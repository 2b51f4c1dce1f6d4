//go:build unix

package gitstore

import "golang.org/x/sys/unix"

// mayChange reports whether files can be made and removed in a folder.
func mayChange(dir string) bool { return unix.Access(dir, unix.W_OK|unix.X_OK) == nil }

// mayAppend reports whether a file can be written.
func mayAppend(file string) bool { return unix.Access(file, unix.W_OK) == nil }

// mayRead reports whether a file can be read.
func mayRead(file string) bool { return unix.Access(file, unix.R_OK) == nil }
