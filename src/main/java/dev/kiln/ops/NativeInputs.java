package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.toolchain.debian.DebianToolchain;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which native packages a build needs in a hermetic sysroot: what kiln.toml says of a crate, else
/// what the sysroot's own table does.
final class NativeInputs {
  private NativeInputs() {}

  static SortedSet<String> of(Planned planned, DebianToolchain sysroot) throws KilnException {
    var overrides = Overrides.read(planned);
    var packages = new TreeSet<String>();
    for (var unit : planned.graph().units()) {
      if (overrides.saysNatives(unit)) {
        packages.addAll(overrides.natives(unit));
      } else {
        sysroot.natives(unit.pkg().id().name()).ifPresent(packages::addAll);
      }
    }
    return packages;
  }
}
