/// Reads and checks Cargo.lock.
@NullMarked
package dev.kiln.lockfile;

import org.jspecify.annotations.NullMarked;
