/// States what any builder must do; knows nothing of Rust.
@NullMarked
package dev.kiln.builder;

import org.jspecify.annotations.NullMarked;
