package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A store path as a user writes it: logical or physical, a bare base name, or a link that leads
/// there (Nix: `followLinksToStore`). `inside` is the place within the object, as [RawText], empty
/// for itself.
public record ObjectArgument(StorePath path, String inside) {
  private static final int MOST_LINKS = 40;

  /// Reads an argument; relative ones are taken from `cwd`.
  public static ObjectArgument parse(Store store, Path cwd, String text) throws KilnException {
    var logical = store.storeDir().path() + "/";
    var written = canonical(text);
    if (written.startsWith(logical)) {
      return split(written.substring(logical.length()));
    }
    var place = RawText.path(cwd, text).toAbsolutePath().normalize();
    for (var links = 0; links < MOST_LINKS; links++) {
      for (var directory : List.of(store.physicalDirectory(), store.logicalDirectory())) {
        if (place.startsWith(directory) && !place.equals(directory)) {
          return below(directory, place);
        }
      }
      if (!Files.isSymbolicLink(place)) {
        break;
      }
      place = follow(place);
    }
    return indirect(store, place, text);
  }

  /// Returns where it lies.
  public Path physical(Store store) {
    return RawText.path(store.physical(path), inside);
  }

  /// Returns an absolute path without empty parts, `.`, and `..`, which are taken by the text alone
  /// (Nix: `canonPath`). Any other text stays as it is.
  public static String canonical(String text) {
    if (!text.startsWith("/") || !(text.contains("//") || text.contains("/."))) {
      return text;
    }
    var parts = new ArrayList<String>();
    for (var part : text.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private static ObjectArgument below(Path directory, Path place) throws KilnException {
    return split(RawText.of(place).substring(RawText.of(directory).length() + 1));
  }

  private static Path follow(Path link) throws KilnException {
    try {
      return link.resolveSibling(Files.readSymbolicLink(link)).normalize();
    } catch (IOException e) {
      throw new KilnException("cannot read the link " + link, null, e);
    }
  }

  private static ObjectArgument indirect(Store store, Path place, String text)
      throws KilnException {
    try {
      if (Files.exists(place)) {
        var real = place.toRealPath();
        if (real.startsWith(store.physicalDirectory()) && !real.equals(store.physicalDirectory())) {
          return below(store.physicalDirectory(), real);
        }
      } else if (text.length() > 33 && text.charAt(32) == '-') {
        return split(text);
      }
    } catch (IOException e) {
      throw new KilnException("cannot read " + place, null, e);
    }
    throw new KilnException(
        "path '" + text + "' is not in the store",
        "store paths begin with %s/ or %s/"
            .formatted(store.storeDir().path(), store.physicalDirectory()));
  }

  private static ObjectArgument split(String inStore) throws KilnException {
    var slash = inStore.indexOf('/');
    return slash < 0
        ? new ObjectArgument(StorePath.parse(inStore), "")
        : new ObjectArgument(
            StorePath.parse(inStore.substring(0, slash)),
            withoutSlashes(inStore.substring(slash + 1)));
  }

  private static String withoutSlashes(String text) {
    var end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  /// Reads several arguments that name whole objects.
  public static List<StorePath> parseAll(Store store, Path cwd, List<String> texts)
      throws KilnException {
    var paths = new ArrayList<StorePath>();
    for (var text : texts) {
      paths.add(parse(store, cwd, text).path());
    }
    return paths;
  }
}
