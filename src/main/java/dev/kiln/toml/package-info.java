/// Reads TOML with a position on every error; the only user of tomlj.
@NullMarked
package dev.kiln.toml;

import org.jspecify.annotations.NullMarked;
