package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.builder.Mount;
import dev.kiln.plan.UnitGraph;
import dev.kiln.realise.UnitResult;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which derivation each unit of a workspace's last build had, kept in the cache directory so that
/// people can name units by package: one line per unit.
final class LastBuild {
  private static final String SEPARATOR = "\t";

  private final Path file;

  LastBuild(Settings settings, Path workspaceRoot) throws KilnException {
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

  /// What this machine showed to the units besides their derivations' inputs, as lines of `HOST` or
  /// `LINK`, the fingerprint of a sysroot or `AMBIENT`, the sandbox path, and where it leads.
  record Mounts(List<Mount> ambient, SortedMap<String, List<Mount>> sysroots) {
    private static final String AMBIENT = "*";

    private List<String> lines() {
      var lines = new ArrayList<String>();
      ambient.forEach(mount -> lines.add(line(AMBIENT, mount)));
      sysroots.forEach(
          (fingerprint, mounts) -> mounts.forEach(mount -> lines.add(line(fingerprint, mount))));
      return lines;
    }

    private static String line(String group, Mount mount) {
      return switch (mount) {
        case Mount.Host(var at, var source) ->
            String.join(SEPARATOR, "HOST", group, at, source.toString());
        case Mount.Symlink(var at, var target) -> String.join(SEPARATOR, "LINK", group, at, target);
        default -> throw new IllegalStateException(mount + " is not of this machine");
      };
    }

    private static Mounts parse(List<String> lines, FileSystem files) {
      var ambient = new ArrayList<Mount>();
      var sysroots = new TreeMap<String, List<Mount>>();
      for (var line : lines) {
        var parts = line.split(SEPARATOR, -1);
        if (parts.length == 4) {
          var mount =
              parts[0].equals("HOST")
                  ? new Mount.Host(parts[2], files.getPath(parts[3]))
                  : new Mount.Symlink(parts[2], parts[3]);
          var group =
              parts[1].equals(AMBIENT)
                  ? ambient
                  : sysroots.computeIfAbsent(parts[1], _ -> new ArrayList<>());
          group.add(mount);
        }
      }
      return new Mounts(ambient, sysroots);
    }
  }

  /// Finds the build that had a unit, of this workspace or another one, and what it showed.
  static Optional<Mounts> mounts(Settings settings, StorePath derivation) throws KilnException {
    var folder = settings.places().cache().resolve("last");
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (var files = Files.newDirectoryStream(folder)) {
      for (var units : files) {
        var mounts = mountsFile(units);
        if (Files.exists(mounts)
            && Files.readAllLines(units).stream()
                .anyMatch(line -> line.startsWith(derivation.baseName() + SEPARATOR))) {
          return Optional.of(Mounts.parse(Files.readAllLines(mounts), mounts.getFileSystem()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new KilnException("cannot read " + folder, null, e);
    }
  }

  private static Path mountsFile(Path units) {
    return units.resolveSibling(units.getFileName() + ".mounts");
  }

  /// Replaces what was known; units without a derivation are left out.
  void write(UnitGraph graph, List<UnitResult> results, Mounts mounts) throws KilnException {
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
      replace(mountsFile(file), mounts.lines());
      replace(file, lines);
    } catch (IOException e) {
      throw new KilnException("cannot write " + file, "check its directory may be written", e);
    }
  }

  private static void replace(Path file, List<String> lines) throws IOException {
    var folder = Files.createDirectories(file.resolveSibling(""));
    var fresh = Files.createTempFile(folder, "last", "");
    Files.write(fresh, lines);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
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
