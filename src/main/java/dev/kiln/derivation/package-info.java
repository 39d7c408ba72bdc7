/// Writes down everything that may influence one unit's output, and hashes it.
@NullMarked
package dev.kiln.derivation;

import org.jspecify.annotations.NullMarked;
