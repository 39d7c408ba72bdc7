package dev.kiln.lockfile;

import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What Cargo warns of where a `paths` override has other dependencies than the package that it
/// stands for (Cargo: core/registry.rs `warn_bad_override`).
final class AlteredOverride {
  private static final String BOILERPLATE =
      """


      This is currently allowed but is known to produce buggy behavior with spurious
      recompiles and changes to the crate graph. Path overrides unfortunately were
      never intended to support this feature, so for now this message is just a
      warning. In the future, however, this message will become a hard error.

      To change the dependency graph via an override it's recommended to use the
      `[patch]` feature of Cargo instead of the path override feature. This is
      documented online at the url below for more information.

      https://doc.rust-lang.org/cargo/reference/overriding-dependencies.html
      """;

  private AlteredOverride() {}

  static Optional<String> warning(Package override, List<Dependency> real) {
    var left = new ArrayList<>(real);
    for (var dependency : override.dependencies()) {
      if (!left.remove(dependency)) {
        return Optional.of(
            altered(override)
                + dependency.name()
                + "` was either added or\nmodified to not match the previously resolved version"
                + BOILERPLATE);
      }
    }
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(altered(override) + left.getFirst().name() + "` was removed" + BOILERPLATE);
  }

  private static String altered(Package override) {
    return "path override for crate `"
        + override.name()
        + "` has altered the original list of\ndependencies; the dependency on `";
  }
}
