/// Keeps immutable trees by name under one root and remembers what they are.
@NullMarked
package dev.kiln.store;

import org.jspecify.annotations.NullMarked;
