package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.PackageId;
import java.util.Collection;
import java.util.HashMap;

/// One native library, one package (Cargo: compiler/links.rs).
final class Links {
  private Links() {}

  /// Rejects two packages of the graph that claim the same `links`.
  static void validate(Collection<Draft> units) throws KilnException {
    var owners = new HashMap<String, PackageId>();
    for (var unit : units) {
      var links = unit.pkg().links();
      if (links == null) {
        continue;
      }
      var owner = owners.putIfAbsent(links, unit.pkg().id());
      if (owner != null && !owner.equals(unit.pkg().id())) {
        throw new KilnException(
            "multiple packages link to native library `"
                + links
                + "`, but a native library can be linked only once",
            "`" + owner + "` and `" + unit.pkg().id() + "` both have `links = \"" + links + "\"`");
      }
    }
  }
}
