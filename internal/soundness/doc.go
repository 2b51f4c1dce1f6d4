// Package soundness decides whether a net can get stuck. In goes a Petri net
// with an initial and a final marking, out comes a Verdict on four properties,
// with every fault and a trace that leads to it:
//
//   - option to complete: from every marking that can be reached the final one
//     can be reached;
//   - proper completion: when the final places are marked, nothing else is;
//   - no dead transition: each can fire at some time;
//   - safeness: no place is ever marked twice.
//
// These are the properties of classical soundness (W. van der Aalst and
// others, "Soundness of workflow nets: classification, decidability, and
// analysis", Formal Aspects of Computing 23, 2011) for safe nets. A firing
// that would mark a place twice is a fault of its own and is not followed, so
// that one unsafe place does not turn everything behind it into noise; the
// other three properties are judged on what is reached through safe markings.
//
// A net is first reduced by rules that keep the conjunction of the four
// (T. Murata, "Petri nets: properties, analysis and applications", Proceedings
// of the IEEE 77, 1989, section VI; H. Verbeek, T. Basten, W. van der Aalst,
// "Diagnosing workflow processes using Woflan", The Computer Journal 44,
// 2001), then explored breadth first with strong stubborn sets (A. Valmari, H.
// Hansen, "Stubborn set intuition explained", ToPNoC XII, 2017; K. Wolf,
// "Generating Petri net state spaces", ICATPN 2007).
//
// It refuses nets that are malformed or above its bounds, and never runs
// without end: states and work are counted, and beyond the limit the verdict
// says that it was stopped. It does no I/O and knows no clock.
//
// Invariant: the same net and limit give the same verdict, and every fault in
// a verdict is real: its trace can be played on the net as given.
package soundness
