/// Knows rustc and build scripts: derivation to request, and what came back.
@NullMarked
package dev.kiln.build;

import org.jspecify.annotations.NullMarked;
