/// Knows one rustc, its targets, its sysroot and linkers.
@NullMarked
package dev.kiln.toolchain;

import org.jspecify.annotations.NullMarked;
