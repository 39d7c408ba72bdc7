package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the text of `nix-store --dump-db`, `--load-db`, `--register-validity` and closure-info
/// files says of one path (nix-store.md §9). `nar` is null where the text has no hashes.
public record Registration(
    StorePath path,
    @Nullable NarHash nar,
    @Nullable StorePath deriver,
    SortedSet<StorePath> references) {
  public Registration {
    references = Collections.unmodifiableSortedSet(new TreeSet<>(references));
  }

  /// Returns the lines of one path, each ended.
  public String text(StoreDir store) {
    var text = new StringBuilder(256).append(store.resolve(path)).append('\n');
    if (nar != null) {
      text.append(nar.hash().hex()).append('\n').append(nar.size()).append('\n');
    }
    text.append(deriver == null ? "" : store.resolve(deriver)).append('\n');
    text.append(references.size()).append('\n');
    references.forEach(reference -> text.append(store.resolve(reference)).append('\n'));
    return text.toString();
  }

  /// Reads a whole text.
  public static List<Registration> parse(StoreDir store, String text, boolean withHashes)
      throws KilnException {
    var lines = new Lines(text);
    var registrations = new ArrayList<Registration>();
    while (lines.hasNext()) {
      var path = store.parse(lines.next());
      NarHash nar = null;
      if (withHashes) {
        var hash = Digest.parse(lines.next(), HashAlgorithm.SHA256);
        nar = new NarHash(hash, lines.number());
      }
      var deriver = lines.next();
      var references = new TreeSet<StorePath>();
      for (var left = lines.number(); left > 0; left--) {
        references.add(store.parse(lines.next()));
      }
      var from = deriver.isEmpty() ? null : store.parse(deriver);
      registrations.add(new Registration(path, nar, from, references));
    }
    return registrations;
  }

  private static final class Lines {
    private final String text;
    private int position;

    private Lines(String text) {
      this.text = text;
    }

    private boolean hasNext() {
      return position < text.length();
    }

    private String next() throws KilnException {
      var end = text.indexOf('\n', position);
      if (end < 0) {
        throw new KilnException("a registration ends too early");
      }
      var line = text.substring(position, end);
      position = end + 1;
      return line;
    }

    private long number() throws KilnException {
      var line = next();
      if (line.matches("[0-9]{1,18}")) {
        return Long.parseLong(line);
      }
      throw new KilnException("'" + line + "' stands where a registration has a number");
    }
  }
}
