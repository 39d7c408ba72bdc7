package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.manifest.KilnToml;
import dev.kiln.toolchain.debian.DebianToolchain;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which native packages a build needs in a hermetic sysroot: what kiln.toml says of a crate, else
/// what the sysroot's own table does.
final class NativeInputs {
  private NativeInputs() {}

  static SortedSet<String> of(Planned planned, DebianToolchain sysroot) throws KilnException {
    var said = KilnToml.read(planned.workspaceRoot()).natives();
    var crates = new TreeSet<String>();
    planned.graph().units().forEach(unit -> crates.add(unit.pkg().id().name()));
    var packages = new TreeSet<String>();
    for (var crate : crates) {
      var own = said.get(crate);
      if (own != null) {
        packages.addAll(own);
      } else {
        sysroot.natives(crate).ifPresent(packages::addAll);
      }
    }
    return packages;
  }
}
