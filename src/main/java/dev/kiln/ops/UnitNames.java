package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.SortedSet;
import java.util.TreeSet;

/// What people call units: a .drv path, that of an output, six or more characters of its hash, or
/// `PKGSPEC[/TARGET][:MODE]` among the units of the workspace's last build.
final class UnitNames {
  /// How a unit is named, for hints.
  static final String HINT =
      "build it first; a unit is a .drv path, six or more characters of its hash, or"
          + " PKGSPEC[/TARGET][:MODE] of the last build here";

  private static final int SHORTEST_HASH = 6;

  private UnitNames() {}

  /// Returns every derivation that the name means, whether there is a record of it or not.
  static SortedSet<StorePath> find(Settings settings, Store store, String unit)
      throws KilnException {
    var found = new TreeSet<StorePath>();
    var base = unit.substring(unit.lastIndexOf('/') + 1);
    if (base.endsWith(".drv")) {
      found.add(StorePath.parse(base));
      return found;
    }
    if (unit.startsWith(store.storeDir().path() + "/")
        || unit.startsWith(store.physicalDirectory() + "/")) {
      var deriver = store.requireInfo(StorePath.parse(base)).deriver();
      if (deriver != null) {
        found.add(deriver);
      }
      return found;
    }
    if (unit.length() >= SHORTEST_HASH && unit.matches("[0-9a-z]{6,32}")) {
      store.validPaths().stream()
          .filter(path -> path.hashPart().startsWith(unit) && path.name().endsWith(".drv"))
          .forEach(found::add);
    }
    if (found.isEmpty()) {
      var workspace = Surroundings.load(settings).workspace();
      new LastBuild(settings, workspace.root())
          .read().stream()
              .filter(entry -> entry.matches(unit))
              .forEach(entry -> found.add(entry.derivation()));
    }
    return found;
  }
}
