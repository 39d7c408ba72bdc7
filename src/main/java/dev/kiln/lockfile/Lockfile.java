package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A Cargo.lock, versions 1 to 4, as written (Cargo: resolver/encode.rs). What its edges mean among
/// the packages of a workspace is [Resolution]'s matter.
public record Lockfile(
    int version, List<LockedPackage> packages, List<LockedPackage> unusedPatches) {
  private static final Pattern EDGE =
      Pattern.compile("(\\S+)(?: ([^\\s(]\\S*))?(?: \\(([^)]*)\\))?");
  private static final Pattern CHECKSUM = Pattern.compile("checksum (\\S+) (\\S+) \\((.+)\\)");

  public Lockfile {
    packages = List.copyOf(packages);
    unusedPatches = List.copyOf(unusedPatches);
  }

  /// Reads a lock file, empty where there is none.
  public static Optional<Lockfile> find(Path path) throws KilnException {
    return Files.exists(path) ? Optional.of(read(path)) : Optional.empty();
  }

  public static Lockfile read(Path path) throws KilnException {
    return parse(path, TomlFile.readText(path));
  }

  /// Parses the text; `path` names it in messages.
  public static Lockfile parse(Path path, String text) throws KilnException {
    try {
      var quick = QuickLock.parse(text);
      return quick != null ? checked(quick) : parse(TomlFile.parse(path, text).root());
    } catch (KilnException e) {
      throw new KilnException("failed to parse lock file at: " + path, null, e);
    }
  }

  private static Lockfile parse(TomlTable root) throws KilnException {
    var number = root.integer("version");
    int version = number == null ? 1 : Math.toIntExact(number);
    if (number != null && (number < 3 || number > 4)) {
      throw new KilnException(
          "lock file version `"
              + number
              + "` was found, but this version of Cargo does not understand this lock file, perhaps"
              + " Cargo needs to be updated?");
    }
    var checksums = checksumsOfMetadata(root.table("metadata"));
    var packages = new ArrayList<LockedPackage>();
    var rootTable = root.table("root");
    if (rootTable != null) {
      packages.add(locked(rootTable, version, checksums));
    }
    var tables = root.array("package");
    if (tables != null) {
      for (var value : tables) {
        packages.add(locked(value.table(), version, checksums));
      }
    }
    var unused = new ArrayList<LockedPackage>();
    var patch = root.table("patch");
    var unusedTables = patch == null ? null : patch.array("unused");
    if (unusedTables != null) {
      for (var value : unusedTables) {
        unused.add(locked(value.table(), version, Map.of()));
      }
    }
    return checked(new Lockfile(version, packages, unused));
  }

  private static Lockfile checked(Lockfile lockfile) throws KilnException {
    var seen = new HashSet<List<?>>();
    for (var locked : lockfile.packages()) {
      var source = locked.source() == null ? "" : locked.source().toString();
      if (!seen.add(List.of(locked.name(), locked.version(), source))) {
        throw new KilnException(
            "package `" + locked.name() + "` is specified twice in the lockfile");
      }
    }
    return lockfile;
  }

  private static Map<String, String> checksumsOfMetadata(@Nullable TomlTable metadata)
      throws KilnException {
    var checksums = new HashMap<String, String>();
    if (metadata != null) {
      for (var entry : metadata.entries()) {
        var matcher = CHECKSUM.matcher(entry.getKey());
        if (matcher.matches() && entry.getValue().isString()) {
          checksums.put(
              matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3),
              entry.getValue().string());
        }
      }
    }
    return checksums;
  }

  private static LockedPackage locked(TomlTable table, int version, Map<String, String> checksums)
      throws KilnException {
    var name = table.string("name");
    var text = table.string("version");
    if (name == null || text == null) {
      throw table.failure("missing field `" + (name == null ? "name" : "version") + "`");
    }
    var source = table.string("source");
    var checksum = table.string("checksum");
    if (checksum == null && source != null) {
      var old = checksums.get(name + " " + text + " " + source);
      checksum = "<none>".equals(old) ? null : old;
    }
    var edges = new ArrayList<LockedPackage.Edge>();
    var dependencies = table.strings("dependencies");
    if (dependencies != null) {
      for (var dependency : dependencies) {
        edges.add(edge(dependency, version));
      }
    }
    var replace = table.string("replace");
    return new LockedPackage(
        name,
        Version.parse(text),
        source == null ? null : SourceId.parse(source, version >= 4),
        checksum,
        edges,
        replace == null ? null : edge(replace, version));
  }

  static LockedPackage.Edge edge(String text, int version) throws KilnException {
    Matcher matcher = EDGE.matcher(text);
    if (!matcher.matches()) {
      throw new KilnException("invalid dependency `" + text + "`");
    }
    var number = matcher.group(2);
    var source = matcher.group(3);
    return new LockedPackage.Edge(
        matcher.group(1),
        number == null ? null : Version.parse(number),
        source == null ? null : SourceId.parse(source, version >= 4));
  }
}
