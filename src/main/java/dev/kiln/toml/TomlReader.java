package dev.kiln.toml;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads TOML files, and remembers by their contents what it parsed: parsing a manifest takes a
/// hundred times as long as reading its tables back.
public final class TomlReader {
  /// Ends with the number of the format that [TomlEncoder] writes.
  private static final String KIND = "toml-1";

  private final @Nullable Memo memo;

  private TomlReader(@Nullable Memo memo) {
    this.memo = memo;
  }

  /// Returns a reader that remembers nothing.
  public static TomlReader plain() {
    return new TomlReader(null);
  }

  public static TomlReader remembering(Memo memo) {
    return new TomlReader(memo);
  }

  /// Reads a file, as [TomlFile#read] does.
  public TomlFile read(Path path) throws KilnException {
    var text = TomlFile.readText(path);
    if (memo == null) {
      return TomlFile.parse(path, text);
    }
    var known = memo.find(KIND, text);
    if (known.isPresent()) {
      return TomlFile.decode(path, text, known.get());
    }
    var file = TomlFile.parse(path, text);
    var encoded = TomlEncoder.encode(file);
    if (encoded != null) {
      memo.keep(KIND, text, encoded);
    }
    return file;
  }
}
