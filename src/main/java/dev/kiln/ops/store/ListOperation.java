package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarEntry;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lists what is in an object, as `nix store ls` does, from its recorded list of files. Names are
/// bytes: what is returned is [RawText].
public final class ListOperation {
  private final List<NarEntry> entries;
  private final ByteString place;
  private final String name;

  /// `shown` is how the user called the object.
  public ListOperation(Store store, ObjectArgument argument, String shown) throws KilnException {
    this.entries = store.files(argument.path());
    this.place = ByteString.of(RawText.bytes(argument.inside()));
    var inside = argument.inside();
    this.name =
        inside.isEmpty()
            ? argument.path().baseName()
            : inside.substring(inside.lastIndexOf('/') + 1);
    if (entries.stream().noneMatch(entry -> entry.path().equals(place))) {
      throw new KilnException("path '" + shown + "' does not exist");
    }
  }

  /// Returns the line of the place itself: its name, `.` for a directory, or `mode size name` with
  /// `detailed`.
  public String line(boolean detailed) {
    var self = self();
    var called = self instanceof NarEntry.Directory ? "." : name;
    return detailed ? detail(self, called) : called;
  }

  /// Returns the lines of what is below a directory, of anything else its own.
  public List<String> lines(boolean recursive, boolean detailed) {
    if (!(self() instanceof NarEntry.Directory)) {
      return List.of(line(detailed));
    }
    var lines = new ArrayList<String>();
    for (var entry : entries) {
      var below = nameBelow(entry);
      if (below != null && (recursive || below.indexOf('/') < 0)) {
        lines.add(detailed ? detail(entry, "./" + below) : "./" + below);
      }
    }
    return lines;
  }

  private NarEntry self() {
    for (var entry : entries) {
      if (entry.path().equals(place)) {
        return entry;
      }
    }
    throw new IllegalStateException("the constructor looked for it");
  }

  private @Nullable String nameBelow(NarEntry entry) {
    var path = entry.path();
    if (path.length() <= place.length() || !path.startsWith(place)) {
      return null;
    }
    if (place.isEmpty()) {
      return text(path, 0);
    }
    return path.at(place.length()) == '/' ? text(path, place.length() + 1) : null;
  }

  private static String text(ByteString bytes, int from) {
    return RawText.of(Arrays.copyOfRange(bytes.bytes(), from, bytes.length()));
  }

  private static String detail(NarEntry entry, String name) {
    return switch (entry) {
      case NarEntry.Directory _ -> "dr-xr-xr-x %20d %s".formatted(0, name);
      case NarEntry.Link link ->
          "lrwxrwxrwx %20d %s -> %s".formatted(0, name, text(link.target(), 0));
      case NarEntry.Regular file ->
          "%s %20d %s"
              .formatted(file.executable() ? "-r-xr-xr-x" : "-r--r--r--", file.size(), name);
    };
  }

  /// Returns the JSON of a NAR listing's node (nix-store.md §15.3).
  public Json json(boolean recursive) {
    var children = new HashMap<ByteString, List<NarEntry>>();
    for (var entry : entries) {
      var path = entry.path();
      if (!path.isEmpty()) {
        var parent = ByteString.of(path.bytes(), 0, Math.max(0, lastSlash(path)));
        children.computeIfAbsent(parent, _ -> new ArrayList<>()).add(entry);
      }
    }
    return node(self(), children, recursive, true);
  }

  private static Json node(
      NarEntry entry, Map<ByteString, List<NarEntry>> children, boolean recursive, boolean top) {
    return switch (entry) {
      case NarEntry.Regular file -> {
        var json = Json.object().put("type", "regular").put("size", file.size());
        if (file.executable()) {
          json.put("executable", true);
        }
        yield json.build();
      }
      case NarEntry.Link link ->
          Json.object().put("type", "symlink").put("target", text(link.target(), 0)).build();
      case NarEntry.Directory directory -> {
        var json = Json.object().put("type", "directory");
        if (top || recursive) {
          var inside = Json.object();
          for (var child : children.getOrDefault(directory.path(), List.of())) {
            inside.put(
                text(child.path(), lastSlash(child.path()) + 1),
                recursive ? node(child, children, true, false) : Json.object().build());
          }
          json.put("entries", inside.build());
        }
        yield json.build();
      }
    };
  }

  private static int lastSlash(ByteString path) {
    var last = path.length() - 1;
    while (last >= 0 && path.at(last) != '/') {
      last--;
    }
    return last;
  }
}
