/// Reads TOML with a position on every error; the only user of tomlj.
///
/// Takes the text of a file; gives [dev.kiln.toml.TomlTable]s whose getters fail in Cargo's words
/// with file, line and column, keys in the file's order (`TomlFileTest`). TOML 1.1, as Cargo reads
/// it, and a byte order mark; integers of more than 64 bits are refused even where nobody reads
/// them. What was parsed once is remembered by its contents and read back the same
/// (`TomlReaderTest`).
@NullMarked
package dev.kiln.toml;

import org.jspecify.annotations.NullMarked;
