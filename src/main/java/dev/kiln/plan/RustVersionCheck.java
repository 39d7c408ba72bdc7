package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.Version;
import dev.kiln.manifest.VersionReq;
import dev.kiln.toolchain.RustcVersion;
import java.util.ArrayList;

/// Holds `rust-version` of every unit's package against the rustc at hand (Cargo:
/// cargo_compile/mod.rs; cargo-build.md §2.1.9).
public final class RustVersionCheck {
  private RustVersionCheck() {}

  /// Rejects a graph that needs a newer rustc.
  public static void check(UnitGraph graph, RustcVersion rustc) throws KilnException {
    var release = Version.parse(rustc.release());
    var plain = new Version(release.major(), release.minor(), release.patch(), "", "");
    var lines = new ArrayList<String>();
    String foreign = null;
    for (var unit : graph.inCargoOrder().units()) {
      var wanted = unit.pkg().about().rustVersion();
      if (wanted == null || VersionReq.parse("^" + wanted).matches(plain)) {
        continue;
      }
      var pkg = unit.pkg();
      lines.add("  " + pkg.name() + "@" + pkg.version() + " requires rustc " + wanted);
      if (!pkg.isLocal()) {
        foreign = pkg.name();
      }
    }
    if (!lines.isEmpty()) {
      throw new KilnException(
          "rustc "
              + rustc.release()
              + " is not supported by the following package"
              + (lines.size() > 1 ? "s" : "")
              + ":\n"
              + String.join("\n", lines),
          foreign == null
              ? null
              : "use a newer rustc, or lock a version of `" + foreign + "` that takes this one");
    }
  }
}
