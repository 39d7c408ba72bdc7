package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.plan.UnitGraph;
import dev.kiln.realise.UnitResult;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// Which derivation each unit of a workspace's last build had, kept in the cache directory so that
/// people can name units by package: one line per unit.
final class LastBuild {
  private static final String SEPARATOR = "\t";

  private final Path file;

  LastBuild(Settings settings, Path workspaceRoot) {
    this.file =
        settings.places().cache().resolve("last").resolve(WorkspaceRoots.name(workspaceRoot));
  }

  /// One unit of it.
  record Entry(StorePath derivation, String name, String version, String target, String mode) {
    String line() {
      return String.join(SEPARATOR, derivation.baseName(), name, version, target, mode);
    }

    /// Says whether `PKGSPEC[/TARGET][:MODE]` means this unit; a package's spec is its name, or
    /// `name@version`.
    boolean matches(String spec) {
      var colon = spec.lastIndexOf(':');
      var named = colon < 0 ? spec : spec.substring(0, colon);
      var slash = named.indexOf('/');
      var pkg = slash < 0 ? named : named.substring(0, slash);
      return (pkg.equals(name) || pkg.equals(name + "@" + version))
          && (slash < 0 || named.substring(slash + 1).equals(target))
          && (colon < 0 || spec.substring(colon + 1).equals(mode));
    }
  }

  /// Replaces what was known; units without a derivation are left out.
  void write(UnitGraph graph, List<UnitResult> results) throws KilnException {
    var lines = new ArrayList<String>();
    for (var result : results) {
      var derivation = result.derivation();
      if (derivation != null) {
        var unit = graph.unit(result.unit());
        lines.add(
            new Entry(
                    derivation,
                    unit.pkg().name(),
                    unit.pkg().version().toString(),
                    unit.target().name(),
                    unit.mode().word())
                .line());
      }
    }
    try {
      var folder = Files.createDirectories(file.resolveSibling(""));
      var fresh = Files.createTempFile(folder, "last", "");
      Files.write(fresh, lines);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new KilnException("cannot write " + file, "check its directory may be written", e);
    }
  }

  /// Returns the units, none where the workspace was not built yet.
  List<Entry> read() throws KilnException {
    try {
      var entries = new ArrayList<Entry>();
      for (var line : Files.readAllLines(file)) {
        var parts = line.split(SEPARATOR, -1);
        if (parts.length == 5) {
          entries.add(new Entry(StorePath.parse(parts[0]), parts[1], parts[2], parts[3], parts[4]));
        }
      }
      return entries;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new KilnException("cannot read " + file, null, e);
    }
  }
}
