package dev.kiln.toolchain.debian;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.manifest.Nearest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which packages, to the byte: `NAME.lock` beside `NAME.toml`, stanzas as in Debian's own indices.
///
/// Like a Cargo.lock it says what each package needs, so that what a build takes of it is found
/// without any index.
public final class PackageLock {
  private final SortedMap<String, LockedPackage> packages;

  /// Packages in any order.
  public PackageLock(Collection<LockedPackage> packages) {
    var byId = new TreeMap<String, LockedPackage>();
    packages.forEach(pkg -> byId.put(pkg.id(), pkg));
    this.packages = Collections.unmodifiableSortedMap(byId);
  }

  /// Parses the text of a lock file that `place` names.
  public static PackageLock parse(String place, String text) throws KilnException {
    var packages = new ArrayList<LockedPackage>();
    try {
      var stanzas = new Stanzas(new BufferedReader(new StringReader(text)));
      for (var stanza = stanzas.next(); stanza.isPresent(); stanza = stanzas.next()) {
        packages.add(parse(place, stanza.get()));
      }
    } catch (IOException e) {
      throw new KilnException("cannot read " + place, null, e);
    }
    return new PackageLock(packages);
  }

  private static LockedPackage parse(String place, Map<String, String> stanza)
      throws KilnException {
    var name = Stanzas.field(stanza, "Package");
    try {
      var needs = Stanzas.field(stanza, "Needs");
      var hash = HexFormat.of().parseHex(Stanzas.field(stanza, "SHA256"));
      return new LockedPackage(
          name,
          Stanzas.field(stanza, "Architecture"),
          Stanzas.field(stanza, "Version"),
          Stanzas.field(stanza, "Archive"),
          Stanzas.field(stanza, "Filename"),
          Long.parseLong(Stanzas.field(stanza, "Size")),
          Long.parseLong(Stanzas.field(stanza, "Unpacked")),
          new Digest(HashAlgorithm.SHA256, hash),
          needs.isEmpty() ? List.of() : List.of(needs.split(" +", -1)));
    } catch (IllegalArgumentException e) {
      throw new KilnException(
          place + ": the package `" + name + "` is not pinned by size and SHA-256",
          "make the file anew with `kiln toolchain lock`",
          e);
    }
  }

  /// Returns the file's text, which [#parse] reads.
  public String text() {
    var text = new StringBuilder("# Made by `kiln toolchain lock`; not for editing.\n");
    for (var pkg : packages.values()) {
      text.append("\nPackage: ").append(pkg.name());
      text.append("\nArchitecture: ").append(pkg.architecture());
      text.append("\nVersion: ").append(pkg.version());
      text.append("\nArchive: ").append(pkg.archive());
      text.append("\nFilename: ").append(pkg.file());
      text.append("\nSize: ").append(pkg.size());
      text.append("\nUnpacked: ").append(pkg.unpacked());
      text.append("\nSHA256: ").append(pkg.sha256().hex());
      if (!pkg.needs().isEmpty()) {
        text.append("\nNeeds: ").append(String.join(" ", pkg.needs()));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /// Returns all packages, sorted by name and architecture.
  public Collection<LockedPackage> packages() {
    return packages.values();
  }

  /// Returns one package, where the lock has it.
  public Optional<LockedPackage> find(String name, String architecture) {
    return Optional.ofNullable(packages.get(name + ":" + architecture));
  }

  /// Returns one package.
  public LockedPackage require(String name, String architecture) throws KilnException {
    var found = packages.get(name + ":" + architecture);
    if (found == null) {
      throw new KilnException(
          "the package `" + name + "` for " + architecture + " is not in the toolchain's lock",
          near(name, architecture)
              + "name it in a toolchain file of your own (`kiln toolchain show` tells where they are),"
              + " and run `kiln toolchain lock`");
    }
    return found;
  }

  private String near(String name, String architecture) {
    var names =
        packages.values().stream()
            .filter(pkg -> pkg.architecture().equals(architecture))
            .map(LockedPackage::name)
            .toList();
    return Nearest.to(name, names).map(near -> "did you mean `" + near + "`? Else ").orElse("");
  }

  /// Returns packages and all that they need, but for what is named in `without`.
  public SortedMap<String, LockedPackage> closure(
      Collection<String> names, String architecture, Set<String> without) throws KilnException {
    var found = new TreeMap<String, LockedPackage>();
    for (var name : names) {
      walk(name, architecture, without, found);
    }
    return found;
  }

  private void walk(
      String name, String architecture, Set<String> without, SortedMap<String, LockedPackage> found)
      throws KilnException {
    if (without.contains(name) || found.containsKey(name + ":" + architecture)) {
      return;
    }
    var pkg = require(name, architecture);
    found.put(pkg.id(), pkg);
    for (var need : pkg.needs()) {
      walk(need, architecture, without, found);
    }
  }
}
