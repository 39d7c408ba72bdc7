/// Reads and writes JSON as values.
///
/// Takes text or bytes, gives a [dev.kiln.json.Json]; and the other way round. Objects keep the
/// order in which their fields were read or put, so that what is written is the same every time;
/// non-ASCII characters are written as they are (`__json` of derivations, nix-store.md §25.9). Held
/// by `JsonTest`.
@NullMarked
package dev.kiln.json;

import org.jspecify.annotations.NullMarked;
