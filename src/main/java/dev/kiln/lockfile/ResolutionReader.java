package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Walks from the members along the lock file's edges, and says where it does not fit.
final class ResolutionReader {
  private final Workspace workspace;
  private final @Nullable Lockfile lockfile;
  private final @Nullable String lockedBy;

  private final Map<String, List<Package>> locals = new HashMap<>();
  private final Map<PackageId, Package> localById = new HashMap<>();
  private final IdentityHashMap<LockedPackage, PackageId> ids = new IdentityHashMap<>();
  private final Map<PackageId, LockedPackage> lockedById = new LinkedHashMap<>();
  private final Map<String, List<LockedPackage>> byName = new HashMap<>();
  private final TreeMap<PackageId, SortedSet<PackageId>> edges = new TreeMap<>();
  private final TreeMap<PackageId, PackageId> substitutes = new TreeMap<>();
  private SortedMap<String, List<PackageId>> patches = new TreeMap<>();
  private final TreeSet<PackageId> known = new TreeSet<>();
  private final MissingPackage missing;
  private final LockedOffers offered;
  private final Offers offers;
  private @Nullable String change;

  ResolutionReader(
      Workspace workspace, @Nullable Lockfile lockfile, @Nullable String lockedBy, Offers offers) {
    this.workspace = workspace;
    this.lockfile = lockfile;
    this.lockedBy = lockedBy;
    this.offers = offers;
    this.missing = new MissingPackage(workspace, localById.values(), offers);
    this.offered = new LockedOffers(offers, missing);
  }

  Resolution read() throws KilnException, InterruptedException {
    workspace
        .localPackages()
        .forEach(pkg -> {
          locals.computeIfAbsent(pkg.name(), _ -> new ArrayList<>()).add(pkg);
          localById.put(pkg.id(), pkg);
        });
    nameLocked();
    var fault = workspace.overrides().fault();
    if (fault != null) {
      throw fault;
    }
    patches = new PatchedPackages(workspace, known(), missing, offers).find();
    substitutes.putAll(
        new Replacements(workspace, known(), localById.values(), missing)
            .find(lockedById.keySet()));
    var replaced = new TreeSet<>(substitutes.keySet());
    findOverrides();
    refuseFeatureCycles();
    walk();
    if (lockedBy != null) {
      var stale = lockfile == null ? "there is none" : change == null ? leftOver() : change;
      if (stale != null) {
        throw cannotUpdate(stale);
      }
    }
    var checksums = new TreeMap<PackageId, String>();
    for (var id : edges.keySet()) {
      var entry = lockedById.get(id);
      if (entry != null && entry.checksum() != null) {
        checksums.put(id, entry.checksum());
      }
    }
    replaced.retainAll(edges.keySet());
    var resolution =
        new Resolution(substituted(), checksums, substitutes, replaced, patches, unused());
    NativeLibraries.refuse(resolution, workspace.members(), localById);
    Cycles.refuse(resolution, localById);
    checkChecksums();
    return resolution;
  }

  /// Leads every edge to what stands for its package, and leaves out what nothing leads to any
  /// more.
  private SortedMap<PackageId, List<PackageId>> substituted() {
    var result = new TreeMap<PackageId, List<PackageId>>();
    var queue = new ArrayDeque<PackageId>();
    workspace.members().forEach(member -> queue.add(member.id()));
    while (!queue.isEmpty()) {
      var id = queue.removeFirst();
      if (result.containsKey(id)) {
        continue;
      }
      var targets =
          edges.getOrDefault(id, new TreeSet<>()).stream()
              .map(target -> substitutes.getOrDefault(target, target))
              .distinct()
              .toList();
      result.put(id, targets);
      queue.addAll(targets);
    }
    return result;
  }

  private static void addUnusedFields(
      String what, String name, Dependency dependency, List<String> warnings) {
    var fields = new ArrayList<String>();
    if (!dependency.features().isEmpty()) {
      fields.add("`features`");
    }
    if (!dependency.defaultFeatures()) {
      fields.add("`default-features`");
    }
    if (!fields.isEmpty()) {
      var words = String.join(", ", fields);
      warnings.add(
          "unused field in "
              + what
              + " for `"
              + name
              + "`: "
              + words
              + "\nhelp: configure "
              + words
              + " in the `dependencies` entry");
    }
  }

  private List<String> unused() throws KilnException, InterruptedException {
    var warnings = new ArrayList<String>();
    for (var patched : workspace.settings().patches().values()) {
      patched.forEach(patch -> addUnusedFields("patch", patch.name(), patch, warnings));
    }
    for (var replacement : workspace.settings().replacements()) {
      addUnusedFields("replacement", replacement.name(), replacement.with(), warnings);
    }
    for (var offered : patches.values()) {
      for (var id : offered) {
        var local = localById.get(id);
        if (!edges.containsKey(id)) {
          warnings.add(
              "patch `"
                  + id
                  + " ("
                  + (local == null ? id.source() : local.directory())
                  + ")` was not used in the crate graph\n"
                  + "help: Check that the patched package version and available features are"
                  + " compatible\n"
                  + "      with the dependency requirements. If the patch has a different version"
                  + " from\n"
                  + "      what is locked in the Cargo.lock file, run `cargo update` to use the"
                  + " new\n"
                  + "      version. This may also occur with an optional dependency that is not"
                  + " enabled.");
        }
      }
    }
    for (var replacement : workspace.settings().replacements()) {
      boolean isUsed =
          substitutes.keySet().stream().anyMatch(id -> Replacements.names(replacement, id));
      if (!isUsed) {
        warnings.add("package replacement is not used: " + replacement.spec());
      }
    }
    warnOfOverrides(warnings);
    return warnings;
  }

  private KilnException cannotUpdate(String why) {
    return new KilnException(
        "cannot "
            + (lockfile == null ? "create" : "update")
            + " the lock file "
            + workspace.lockfile()
            + " because "
            + lockedBy
            + " was passed to prevent this",
        "to generate the lock file without accessing the network, remove the "
            + lockedBy
            + " flag and use --offline instead",
        new KilnException(why));
  }

  /// Gives each entry its id: one without a source is the path package of its name, told apart by
  /// version only where several have the name.
  private void nameLocked() {
    if (lockfile == null) {
      return;
    }
    for (var entry : lockfile.packages()) {
      var id = idOf(entry);
      if (id != null) {
        ids.put(entry, id);
        lockedById.put(id, entry);
        byName.computeIfAbsent(entry.name(), _ -> new ArrayList<>()).add(entry);
      }
    }
  }

  private @Nullable PackageId idOf(LockedPackage entry) {
    if (entry.source() != null) {
      return new PackageId(entry.name(), entry.version(), entry.source());
    }
    var named = locals.getOrDefault(entry.name(), List.of());
    var chosen =
        named.size() == 1
            ? named.getFirst()
            : named.stream()
                .filter(pkg -> pkg.version().equals(entry.version()))
                .findFirst()
                .orElse(null);
    if (chosen == null) {
      note("the lock file has `" + entry.name() + " " + entry.version() + "`, which is gone");
      return null;
    }
    if (!chosen.version().equals(entry.version())) {
      note(
          "the version of `"
              + entry.name()
              + "` in "
              + chosen.manifestPath()
              + " is "
              + chosen.version()
              + ", in the lock file "
              + entry.version());
    }
    return chosen.id();
  }

  private void note(String what) {
    change = change == null ? what : change;
  }

  /// Returns every id that the lock file or the workspace knows, in order.
  private SortedSet<PackageId> known() {
    if (known.isEmpty()) {
      known.addAll(localById.keySet());
      known.addAll(lockedById.keySet());
    }
    return known;
  }

  /// Finds what is in the place of every package of its name, whatever the version and source.
  private void findOverrides() {
    for (var id : known()) {
      workspace.overrides().packages().stream()
          .map(Package::id)
          .filter(override -> override.name().equals(id.name()))
          .findFirst()
          .filter(override -> !override.equals(id))
          .ifPresent(override -> substitutes.put(id, override));
    }
  }

  private void warnOfOverrides(List<String> warnings) throws KilnException, InterruptedException {
    for (var entry : substitutes.entrySet()) {
      var id = entry.getKey();
      var override = localById.get(entry.getValue());
      if (override == null || !isOverride(override.id()) || !edges.containsKey(id)) {
        continue;
      }
      var local = localById.get(id);
      (local == null ? offers.dependencies(id) : Optional.of(local.dependencies()))
          .flatMap(real -> AlteredOverride.warning(override, real))
          .ifPresent(warnings::add);
    }
  }

  private boolean isOverride(PackageId id) {
    return workspace.overrides().packages().stream().anyMatch(pkg -> pkg.id().equals(id));
  }

  private void walk() throws KilnException, InterruptedException {
    var queue = new ArrayDeque<PackageId>();
    workspace.members().forEach(member -> queue.add(member.id()));
    while (!queue.isEmpty()) {
      var id = queue.removeFirst();
      if (edges.containsKey(id)) {
        continue;
      }
      var local = localById.get(id);
      var targets = local == null ? offeredTargets(id) : localTargets(local);
      edges.put(id, targets);
      queue.addAll(targets);
      var substitute = substitutes.get(id);
      if (substitute != null) {
        queue.add(substitute);
      }
    }
  }

  private SortedSet<PackageId> offeredTargets(PackageId id)
      throws KilnException, InterruptedException {
    var targets = lockedTargets(id);
    for (var target : targets) {
      if (!substitutes.containsKey(target)) {
        offered.check(id, target);
      }
    }
    return targets;
  }

  /// Members are locked with all their features, so that each of them counts here.
  private void refuseFeatureCycles() throws KilnException {
    for (var member : workspace.members()) {
      for (var feature : member.features().keySet()) {
        member.requireNoCycle(feature);
      }
    }
  }

  private void checkChecksums() throws KilnException, InterruptedException {
    boolean isListed = lockedById.values().stream().anyMatch(entry -> entry.checksum() != null);
    for (var id : edges.keySet()) {
      var entry = lockedById.get(id);
      if (entry != null && !substitutes.containsKey(id)) {
        offered.checkChecksum(id, entry, isListed);
      }
    }
  }

  private SortedSet<PackageId> lockedTargets(PackageId id) {
    var targets = new TreeSet<PackageId>();
    var entry = lockedById.get(id);
    if (entry == null) {
      return targets;
    }
    for (var edge : entry.dependencies()) {
      var target = target(edge);
      if (target != null) {
        targets.add(target);
      }
    }
    return targets;
  }

  /// Finds the package of an edge; one that is ambiguous or unknown is dropped, as in Cargo.
  private @Nullable PackageId target(LockedPackage.Edge edge) {
    var candidates = new ArrayList<LockedPackage>();
    for (var entry : byName.getOrDefault(edge.name(), List.of())) {
      if (edge.mayMean(entry)) {
        candidates.add(entry);
      }
    }
    if (candidates.size() > 1) {
      candidates.removeIf(entry -> entry.source() != null);
    }
    return candidates.size() == 1 ? ids.get(candidates.getFirst()) : null;
  }

  /// Finds what each dependency of a local package means: among the entry's edges, else anywhere in
  /// the lock file (then `--locked` fails, since Cargo would write the edge).
  private SortedSet<PackageId> localTargets(Package pkg)
      throws KilnException, InterruptedException {
    var fromLock = lockedTargets(pkg.id());
    boolean isOverride = !lockedById.containsKey(pkg.id()) && substitutes.containsValue(pkg.id());
    if (isOverride) {
      // the lock file has what it stands for, and is not brought up to date for it
      substitutes.forEach((id, by) -> {
        if (by.equals(pkg.id())) {
          fromLock.addAll(lockedTargets(id));
        }
      });
    }
    boolean isMember = workspace.isMember(pkg.id());
    var targets = new TreeSet<PackageId>();
    var without = new ArrayList<Dependency>();
    for (var dependency : pkg.dependencies()) {
      if (dependency.kind() == Dependency.Kind.DEV && !isMember) {
        continue;
      }
      missing.checkSource(dependency, pkg);
      var found = Resolution.choose(dependency, fromLock, patches);
      if (found.isEmpty() && (isMember || !dependency.optional())) {
        found = Resolution.choose(dependency, known(), patches);
        if (found.isPresent() && !isOverride) {
          note(described(dependency, pkg) + " is not in the lock file's entry of its package");
        }
      }
      if (found.isPresent()) {
        if (!substitutes.containsKey(found.get())) {
          offered.check(dependency, pkg, found.get());
        }
        targets.add(found.get());
      } else if (!isOverride && (isMember || !dependency.optional())) {
        without.add(dependency);
      }
    }
    if (!without.isEmpty()) {
      throw missing(without, pkg);
    }
    if (!isOverride && !targets.containsAll(fromLock)) {
      note("the lock file has dependencies of `" + pkg.name() + "` that its manifest has no more");
    }
    return targets;
  }

  private static String described(Dependency dependency, Package pkg) {
    return "dependency `"
        + dependency.name()
        + " = \""
        + dependency.req()
        + "\"` of "
        + pkg.manifestPath();
  }

  /// Returns the failure for dependencies without a package: those that can have none come first.
  private KilnException missing(List<Dependency> dependencies, Package pkg)
      throws KilnException, InterruptedException {
    for (var dependency : dependencies) {
      var reason = missing.reason(dependency, pkg);
      if (reason != null) {
        return reason;
      }
    }
    var what = described(dependencies.getFirst(), pkg);
    if (lockedBy != null) {
      return cannotUpdate(what + " is not in the lock file");
    }
    return new KilnException(
        lockfile == null
            ? "there is no lock file " + workspace.lockfile() + ", and " + what + " needs one"
            : "the lock file "
                + workspace.lockfile()
                + " needs to be updated: it has no package for "
                + what,
        "run `cargo generate-lockfile`");
  }

  /// Returns what the lock file has beyond what is used, or null.
  private @Nullable String leftOver() {
    if (lockfile == null) {
      return null;
    }
    Set<PackageId> used = new HashSet<>(edges.keySet());
    for (var entry : lockfile.packages()) {
      var id = ids.get(entry);
      if (id == null || !used.contains(id)) {
        return "nothing needs `" + entry.name() + " " + entry.version() + "` of the lock file";
      }
    }
    return null;
  }
}
