package dev.kiln.toolchain.debian;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A toolchain of Debian packages on one kind of host: which packages make each of its parts.
///
/// `host` is Debian's name of the machine's architecture.
public record DebianToolchain(String name, String host, DebianFile file, PackageLock lock) {
  private static final Map<String, String> ARCHITECTURES =
      Map.of("x86_64", "amd64", "aarch64", "arm64");

  /// Returns the toolchain for a machine by a name of it, such as `aarch64` or `amd64`.
  public static DebianToolchain of(String name, String machine, DebianFile file, PackageLock lock)
      throws KilnException {
    var host = ARCHITECTURES.getOrDefault(machine, machine);
    if (!file.archive().hosts().contains(host)) {
      throw new KilnException(
          "the toolchain `" + name + "` cannot run on " + machine,
          "it runs on: " + String.join(", ", file.archive().hosts()));
    }
    return new DebianToolchain(name, host, file, lock);
  }

  /// Returns the triple of the host.
  public String hostTriple() {
    var machine =
        ARCHITECTURES.entrySet().stream()
            .filter(entry -> entry.getValue().equals(host))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(host);
    return machine + "-unknown-linux-gnu";
  }

  /// Returns the packages of the compiler with the host's standard library.
  public Collection<LockedPackage> rust() throws KilnException {
    return lock.closure(file.rust().packages(), host, Set.copyOf(file.rust().without())).values();
  }

  /// Returns the package of Rust's own sources.
  public LockedPackage source() throws KilnException {
    return lock.require(file.rust().source(), host);
  }

  /// Returns the packages that hold a target's standard library; none where it has to be built, or
  /// nothing is known of the target.
  public List<LockedPackage> std(String triple) throws KilnException {
    var target = target(triple);
    return target == null ? List.of() : alone(target.std(), target.architecture());
  }

  /// Returns the packages with start files and libraries that a target's own is built with.
  public List<LockedPackage> parts(String triple) throws KilnException {
    var target = target(triple);
    return target == null ? List.of() : alone(target.parts(), target.architecture());
  }

  /// Says whether the toolchain can build for a target.
  public boolean knows(String triple) {
    return target(triple) != null;
  }

  /// A custom target has LLVM's name for its machine, which of RISC-V lacks the extensions.
  private DebianFile.@Nullable TargetParts target(String machine) {
    return file.targets().get(machine.replaceFirst("^(riscv[0-9]+)-", "$1gc-"));
  }

  private List<LockedPackage> alone(List<String> names, String architecture) throws KilnException {
    var found = new ArrayList<LockedPackage>();
    for (var name : names) {
      found.add(lock.require(name, architecture));
    }
    return found;
  }

  /// Returns the packages of the sysroot with what targets and native crates need in it; where two
  /// have a file of the same name, the first counts.
  public Collection<LockedPackage> sysroot(Collection<String> triples, Collection<String> natives)
      throws KilnException {
    var found = new LinkedHashMap<>(lock.closure(file.sysroot().packages(), host, Set.of()));
    for (var triple : triples) {
      tools(triple).forEach(found::putIfAbsent);
    }
    lock.closure(natives, host, Set.of()).forEach(found::putIfAbsent);
    for (var triple : triples) {
      parts(triple).forEach(pkg -> found.putIfAbsent(pkg.id(), pkg));
      foreign(triple, natives).forEach(found::putIfAbsent);
    }
    return found.values();
  }

  /// Says whether there are packages with native libraries for a target: of the host's own, and of
  /// those whose standard library is a package too.
  public boolean hasLibraries(String triple) {
    var target = target(triple);
    return target != null && !target.std().isEmpty();
  }

  /// A target's own libraries: programs among the native inputs run on the host.
  private SortedMap<String, LockedPackage> foreign(String triple, Collection<String> natives)
      throws KilnException {
    var target = target(triple);
    if (target == null || target.architecture().equals(host) || !hasLibraries(triple)) {
      return new TreeMap<>();
    }
    var libraries = natives.stream().filter(name -> name.endsWith("-dev")).toList();
    return lock.closure(libraries, target.architecture(), Set.of());
  }

  private SortedMap<String, LockedPackage> tools(String triple) throws KilnException {
    var target = target(triple);
    return target == null || target.architecture().equals(host)
        ? new TreeMap<>()
        : lock.closure(target.tools(), host, Set.of());
  }

  /// Returns the native packages of a crate by the table that comes with the toolchain.
  public Optional<List<String>> natives(String crate) {
    return Optional.ofNullable(file.sysroot().natives().get(crate));
  }

  /// Makes the lock anew: what the archive has now of all that a build may ask for.
  public static PackageLock lock(DebianFile file, SortedMap<String, PackageIndex> indices)
      throws KilnException {
    var found = new TreeMap<String, LockedPackage>();
    for (var host : file.archive().hosts()) {
      var roots = new LinkedHashSet<>(file.sysroot().packages());
      roots.addAll(file.sysroot().available());
      roots.addAll(file.rust().packages());
      file.sysroot().natives().values().forEach(roots::addAll);
      for (var target : file.targets().values()) {
        if (!target.architecture().equals(host)) {
          roots.addAll(target.tools());
        }
      }
      add(index(indices, host).alone(List.of(file.rust().source())), found);
      add(index(indices, host).closure(roots), found);
    }
    for (var target : file.targets().values()) {
      var names = new ArrayList<>(target.std());
      names.addAll(target.parts());
      if (!names.isEmpty()) {
        for (var pkg : index(indices, target.architecture()).alone(names)) {
          found.putIfAbsent(pkg.id(), pkg);
        }
      }
    }
    return new PackageLock(found.values());
  }

  /// Returns every architecture whose index a lock is made from.
  public static Set<String> architectures(DebianFile file) {
    var all = new LinkedHashSet<>(file.archive().hosts());
    file.targets().values().stream()
        .filter(target -> !target.std().isEmpty() || !target.parts().isEmpty())
        .forEach(target -> all.add(target.architecture()));
    return all;
  }

  private static PackageIndex index(SortedMap<String, PackageIndex> indices, String architecture) {
    var index = indices.get(architecture);
    if (index == null) {
      throw new IllegalStateException("no index was read for " + architecture);
    }
    return index;
  }

  private static void add(
      Collection<LockedPackage> packages, SortedMap<String, LockedPackage> found) {
    packages.forEach(pkg -> found.put(pkg.id(), pkg));
  }
}
