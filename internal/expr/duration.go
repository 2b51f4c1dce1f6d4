package expr

import "github.com/e1-dms/e1/internal/worktime"

// Duration is a length of time in working or calendar units.
type Duration = worktime.Duration

func parseDuration(text string) (worktime.Duration, error) { return worktime.ParseDuration(text) }
