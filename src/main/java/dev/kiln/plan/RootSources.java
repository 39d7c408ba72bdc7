package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.TargetKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Holds the source file of everything that was asked for against the disk (Cargo:
/// cargo_compile/mod.rs `validate_target_path_as_source_file`).
public final class RootSources {
  private RootSources() {}

  /// Rejects a graph with a root whose source is absent or a directory; all of them are named.
  public static void check(UnitGraph graph) throws KilnException {
    var faults = new ArrayList<String>();
    for (int root : graph.roots()) {
      var fault = fault(graph.unit(root));
      if (fault != null) {
        faults.add(fault + "\n --> " + graph.unit(root).pkg().manifestPath());
      }
    }
    if (!faults.isEmpty()) {
      throw new KilnException(
          String.join("\nerror: ", faults)
              + "\nerror: could not compile due to "
              + faults.size()
              + " previous target resolution error"
              + (faults.size() > 1 ? "s" : ""));
    }
  }

  private static @Nullable String fault(Unit unit) {
    var target = unit.target();
    var path = unit.pkg().directory().resolve(target.path());
    var what = described(target.kind()) + " `" + target.name() + "`";
    if (!Files.exists(path)) {
      return "can't find " + what + " at path `" + path + "`";
    }
    return Files.isDirectory(path)
        ? "path `"
            + path
            + "` for "
            + what
            + " is a directory, but a source file was expected."
            + entryPoint(path, target.isLib() || target.isExampleLib() ? "lib.rs" : "main.rs")
        : null;
  }

  private static String entryPoint(Path directory, String name) {
    var file = directory.resolve(name);
    return Files.exists(file) ? "\nhelp: an entry point exists at `" + file + "`" : "";
  }

  private static String described(TargetKind kind) {
    return switch (kind) {
      case LIB -> "lib";
      case BIN -> "bin";
      case TEST -> "integration-test";
      case EXAMPLE -> "example";
      case BENCH -> "bench";
      case BUILD_SCRIPT -> "build-script";
    };
  }
}
