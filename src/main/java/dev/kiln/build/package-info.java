/// Knows rustc and build scripts: which command a unit is, where in the sandbox things lie, and
/// what the programs' output means.
///
/// Takes a unit graph, facts of rustc and what build scripts printed; gives command lines,
/// environments, file names (pure functions) and parsed output. Invariants: argument for argument
/// and variable for variable Cargo's (`src/bench/argv` compares both in one sandbox); no path but
/// fixed sandbox paths is in an invocation (`RustcInvocationTest`).
@NullMarked
package dev.kiln.build;

import org.jspecify.annotations.NullMarked;
