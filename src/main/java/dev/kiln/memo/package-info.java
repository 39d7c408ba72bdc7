/// Remembers answers that cost much to get, in files below the cache directory.
///
/// Takes a kind, a key that holds everything an answer depends on, and the answer's text; gives the
/// text back in later runs. Invariants: a memo is whole or absent (`MemoTest`); losing one, or the
/// whole directory, costs time and nothing else, so nothing here ever fails a build.
@NullMarked
package dev.kiln.memo;

import org.jspecify.annotations.NullMarked;
