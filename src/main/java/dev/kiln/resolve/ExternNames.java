package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import java.util.List;

/// What a package calls another's crate (Cargo: `extern_crate_name_and_dep_name`).
public final class ExternNames {
  private ExternNames() {}

  /// Returns the key of the manifest where it renames, else the crate's own name; entries of the
  /// manifest that stand for the same package must agree.
  public static String of(Package from, Package to, Target target, List<Dependency> dependencies)
      throws KilnException {
    String name = null;
    for (var dependency : dependencies) {
      var own = dependency.isRenamed() ? dependency.key().replace('-', '_') : target.crateName();
      if (name != null && !name.equals(own)) {
        throw new KilnException(
            "the crate `"
                + described(from)
                + "` depends on crate `"
                + described(to)
                + "` multiple times with different names");
      }
      name = own;
    }
    return name == null ? target.crateName() : name;
  }

  private static String described(Package pkg) {
    return pkg.isLocal() ? pkg.id() + " (" + pkg.directory() + ")" : pkg.id().toString();
  }
}
