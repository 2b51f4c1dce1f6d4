// Package worktime counts time the way an office does: durations such as 4wh
// (working hours), 2wd (working days), 3d (calendar days), and the deadlines
// they lead to on a working calendar with days off, short days, working
// Saturdays and lunch breaks.
//
// In go a calendar's definition (calendars/*.yaml), moments and durations; out
// come moments, working time, and warnings where a year has no data. It refuses
// calendars without any working time, because no deadline on them ever comes.
//
// It does no I/O and reads no clock. All arithmetic happens in the calendar's
// own time zone, wherever the moments given come from.
//
// Invariant: Add is monotonic in the moment and in the duration, and for
// working hours and minutes Between(t, Add(t, d)) is exactly d.
package worktime
