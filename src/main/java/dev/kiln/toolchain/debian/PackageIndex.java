package dev.kiln.toolchain.debian;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an archive has for one architecture: the newest version of each package over all suites,
/// and who provides what. Finds what packages need.
///
/// `Pre-Depends` and `Depends` are followed; of alternatives the first that exists; versions asked
/// for and `:any` do not matter within one release. `Recommends` are not followed.
public final class PackageIndex {
  private record Candidate(DebianVersion version, String archive, Map<String, String> fields) {}

  private final String architecture;
  private final Map<String, Candidate> newest = new HashMap<>();
  private final Map<String, List<String>> providers = new HashMap<>();

  /// An index of one architecture, such as `amd64`.
  public PackageIndex(String architecture) {
    this.architecture = architecture;
  }

  /// Adds the `Packages` file of one suite; `archive` is the part of the mirror that has it.
  public void add(String archive, BufferedReader packages) throws IOException {
    var stanzas = new Stanzas(packages);
    for (var next = stanzas.next(); next.isPresent(); next = stanzas.next()) {
      var fields = new HashMap<>(next.get());
      fields.keySet().retainAll(KEPT);
      var name = Stanzas.field(fields, "Package");
      var version = new DebianVersion(Stanzas.field(fields, "Version"));
      var known = newest.get(name);
      if (known == null || known.version().compareTo(version) < 0) {
        newest.put(name, new Candidate(version, archive, fields));
      }
    }
  }

  private static final List<String> KEPT =
      List.of(
          "Package",
          "Version",
          "Filename",
          "Size",
          "SHA256",
          "Installed-Size",
          "Depends",
          "Pre-Depends",
          "Provides");

  /// Returns packages with all that they need.
  public Collection<LockedPackage> closure(Collection<String> roots) throws KilnException {
    provide();
    var found = new TreeMap<String, LockedPackage>();
    for (var root : roots) {
      walk(resolve(root).orElseThrow(() -> absent(root)), found);
    }
    return found.values();
  }

  /// Returns packages alone.
  public Collection<LockedPackage> alone(Collection<String> names) throws KilnException {
    var found = new ArrayList<LockedPackage>();
    for (var name : names) {
      if (!newest.containsKey(name)) {
        throw absent(name);
      }
      found.add(locked(name, List.of()));
    }
    return found;
  }

  private KilnException absent(String name) {
    return new KilnException(
        "the archive has no package `" + name + "` for " + architecture,
        "correct the name in the toolchain's file");
  }

  private void provide() {
    providers.clear();
    newest.forEach((name, candidate) -> {
      for (var provided : Stanzas.field(candidate.fields(), "Provides").split(",", -1)) {
        providers.computeIfAbsent(plain(provided), _ -> new ArrayList<>()).add(name);
      }
    });
    providers.values().forEach(names -> names.sort(null));
  }

  private void walk(String name, SortedMap<String, LockedPackage> found) throws KilnException {
    if (found.containsKey(name)) {
      return;
    }
    var fields = candidate(name).fields();
    var needs = new LinkedHashSet<String>();
    for (var field : List.of("Pre-Depends", "Depends")) {
      for (var relation : Stanzas.field(fields, field).split(",", -1)) {
        if (!relation.isBlank()) {
          needs.add(choose(name, relation));
        }
      }
    }
    found.put(name, locked(name, needs.stream().sorted().toList()));
    for (var need : needs) {
      walk(need, found);
    }
  }

  private String choose(String of, String relation) throws KilnException {
    for (var alternative : relation.split("\\|", -1)) {
      var chosen = resolve(plain(alternative));
      if (chosen.isPresent()) {
        return chosen.get();
      }
    }
    throw new KilnException(
        "the package `"
            + of
            + "` for "
            + architecture
            + " depends on `"
            + relation.strip()
            + "`, which the archive does not have");
  }

  private Optional<String> resolve(String name) {
    if (newest.containsKey(name)) {
      return Optional.of(name);
    }
    return providers.getOrDefault(name, List.of()).stream().findFirst();
  }

  /// Returns a relation's name: without version, architecture and profile.
  private static String plain(String relation) {
    var name = relation.strip().split("[\\s(\\[<]", 2)[0];
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private Candidate candidate(String name) {
    var found = newest.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " was not resolved");
    }
    return found;
  }

  private LockedPackage locked(String name, List<String> needs) throws KilnException {
    var candidate = candidate(name);
    var fields = candidate.fields();
    try {
      var installed = Stanzas.field(fields, "Installed-Size");
      return new LockedPackage(
          name,
          architecture,
          candidate.version().text(),
          candidate.archive(),
          Stanzas.field(fields, "Filename"),
          Long.parseLong(Stanzas.field(fields, "Size")),
          installed.isEmpty() ? 0 : Long.parseLong(installed) * 1024,
          new Digest(
              HashAlgorithm.SHA256, HexFormat.of().parseHex(Stanzas.field(fields, "SHA256"))),
          needs);
    } catch (IllegalArgumentException e) {
      throw new KilnException("the archive says nothing usable of `" + name + "`", null, e);
    }
  }
}
