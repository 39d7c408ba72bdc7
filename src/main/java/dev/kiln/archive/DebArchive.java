package dev.kiln.archive;

import dev.kiln.KilnException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;

/// A `.deb`: an `ar` archive whose `data.tar.*` holds a package's files.
///
/// What is unpacked is a piece of a root file system with a merged `/usr`: `/lib/x` is `usr/lib/x`.
/// Only `/usr` and `/etc` count, and no maintainer script runs. Documentation and translations are
/// left out.
public final class DebArchive {
  private static final Set<String> MERGED =
      Set.of("bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32");
  private static final Set<String> KEPT = Set.of("etc", "usr");
  private static final Set<String> LEFT_OUT =
      Set.of("bug", "doc", "doc-base", "info", "lintian", "locale", "man");

  private DebArchive() {}

  /// Unpacks a file whose hash was checked below a directory that exists. `only` is a path such as
  /// `usr/src/x-*/library` that everything wanted is below of; empty is for all.
  public static void unpack(Path deb, String only, Path into) throws KilnException {
    var below = only.isEmpty() ? List.<String>of() : List.of(only.split("/", -1));
    try (var ar =
        new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(deb), 1 << 16))) {
      for (var member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith("data.tar")) {
          var data = Compression.ofFileName(member.getName()).decompress(ar);
          TarTree.unpack(
              new BufferedInputStream(data, 1 << 16), into, names -> place(names, below));
          return;
        }
      }
      throw new KilnException("it has no data.tar");
    } catch (IOException | IllegalArgumentException e) {
      throw new KilnException(
          "failed to unpack " + deb.getFileName(),
          null,
          new KilnException(String.valueOf(e.getMessage()), null, e));
    }
  }

  private static Optional<List<String>> place(List<String> names, List<String> below) {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    var place = new ArrayList<String>();
    if (MERGED.contains(names.getFirst())) {
      place.add("usr");
    }
    place.addAll(names);
    boolean isLeftOut =
        place.size() > 2
            && place.get(0).equals("usr")
            && place.get(1).equals("share")
            && LEFT_OUT.contains(place.get(2));
    boolean counts = KEPT.contains(place.getFirst()) && !isLeftOut && isBelow(place, below);
    return counts ? Optional.of(place) : Optional.empty();
  }

  private static boolean isBelow(List<String> place, List<String> above) {
    if (place.size() < above.size()) {
      return false;
    }
    for (int i = 0; i < above.size(); i++) {
      var wanted = above.get(i);
      boolean matches =
          wanted.endsWith("*")
              ? place.get(i).startsWith(wanted.substring(0, wanted.length() - 1))
              : place.get(i).equals(wanted);
      if (!matches) {
        return false;
      }
    }
    return true;
  }
}
