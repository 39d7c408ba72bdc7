package dev.kiln.build;

import dev.kiln.manifest.Package;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The environment that every builder of a package gets (Cargo: compilation.rs `fill_env`,
/// cargo-build.md §7.1), and the few fixed variables that kiln's sandbox has.
public final class PackageEnvironment {
  /// The time that builders are told to put where they would put now: 1980-01-01, which zip can
  /// say.
  private static final String SOURCE_DATE_EPOCH = "315532800";

  private PackageEnvironment() {}

  /// Returns the variables of the sandbox itself, the same for each builder.
  static SortedMap<String, String> fixed() {
    var env = new TreeMap<String, String>();
    env.put("CARGO_HOME", Layout.CARGO_HOME);
    env.put("HOME", Layout.HOME);
    env.put("PATH", Layout.CARGO_HOME + "/bin:" + ToolPaths.BIN + ":/usr/bin:/bin");
    env.put("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
    return env;
  }

  /// Adds CARGO and the variables about the package, empty ones too.
  static void describe(Package pkg, Layout layout, SortedMap<String, String> env) {
    env.put("CARGO", Layout.CARGO);
    describe(pkg, layout.packageRoot(pkg), env);
  }

  /// Adds the variables about a package whose manifest lies in a directory.
  public static void describe(Package pkg, String directory, SortedMap<String, String> env) {
    var about = pkg.about();
    var version = pkg.version();
    env.put("CARGO_MANIFEST_DIR", directory);
    env.put("CARGO_MANIFEST_PATH", directory + "/Cargo.toml");
    env.put("CARGO_PKG_NAME", pkg.name());
    env.put("CARGO_PKG_VERSION", version.toString());
    env.put("CARGO_PKG_VERSION_MAJOR", Long.toString(version.major()));
    env.put("CARGO_PKG_VERSION_MINOR", Long.toString(version.minor()));
    env.put("CARGO_PKG_VERSION_PATCH", Long.toString(version.patch()));
    env.put("CARGO_PKG_VERSION_PRE", version.pre());
    env.put("CARGO_PKG_AUTHORS", String.join(":", about.authors()));
    env.put("CARGO_PKG_DESCRIPTION", orEmpty(about.description()));
    env.put("CARGO_PKG_HOMEPAGE", orEmpty(about.homepage()));
    env.put("CARGO_PKG_REPOSITORY", orEmpty(about.repository()));
    env.put("CARGO_PKG_LICENSE", orEmpty(about.license()));
    env.put("CARGO_PKG_LICENSE_FILE", orEmpty(about.licenseFile()));
    env.put("CARGO_PKG_README", orEmpty(about.readme()));
    env.put("CARGO_PKG_RUST_VERSION", orEmpty(about.rustVersion()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
