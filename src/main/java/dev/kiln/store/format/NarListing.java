package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.archive.NarEntry;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import java.util.ArrayDeque;
import java.util.List;

/// The JSON listing of a NAR, a binary cache's `.ls` file (nix-store.md §15.3).
public final class NarListing {
  private NarListing() {}

  /// Returns the listing of all entries of a tree, which come in the NAR's order, the root first.
  public static Json of(List<NarEntry> entries) throws KilnException {
    var open = new ArrayDeque<Open>();
    for (var entry : entries) {
      while (!open.isEmpty() && !open.element().holds(entry.path())) {
        close(open);
      }
      open.push(new Open(entry, start(entry), Json.object()));
    }
    if (open.isEmpty()) {
      throw new IllegalArgumentException("a tree has at least its root");
    }
    while (open.size() > 1) {
      close(open);
    }
    return Json.object().put("version", 1).put("root", open.element().node()).build();
  }

  private static void close(ArrayDeque<Open> open) throws KilnException {
    var child = open.pop();
    open.element().children().put(child.name(), child.node());
  }

  private static Json.ObjBuilder start(NarEntry entry) throws KilnException {
    return switch (entry) {
      case NarEntry.Directory _ -> Json.object().put("type", "directory");
      case NarEntry.Link(_, var target) ->
          Json.object().put("type", "symlink").put("target", text(target));
      case NarEntry.Regular file -> {
        var json = Json.object().put("type", "regular").put("size", file.size());
        if (file.executable()) {
          json.put("executable", true);
        }
        yield json.put("narOffset", file.narOffset());
      }
    };
  }

  private record Open(NarEntry entry, Json.ObjBuilder start, Json.ObjBuilder children) {
    private boolean holds(ByteString path) {
      return entry instanceof NarEntry.Directory(var own)
          && (own.isEmpty()
              || (path.startsWith(own)
                  && path.length() > own.length()
                  && path.at(own.length()) == '/'));
    }

    private String name() throws KilnException {
      var path = text(entry.path());
      return path.substring(path.lastIndexOf('/') + 1);
    }

    private Json node() {
      return entry instanceof NarEntry.Directory
          ? start.put("entries", children.build()).build()
          : start.build();
    }
  }

  private static String text(ByteString bytes) throws KilnException {
    return bytes
        .findUtf8()
        .orElseThrow(
            () -> new KilnException("'" + bytes + "' is not UTF-8 and has no place in JSON"));
  }
}
