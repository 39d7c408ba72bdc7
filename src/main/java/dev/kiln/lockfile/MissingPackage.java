package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Nearest;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Workspace;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says why a dependency has no package, in the words of Cargo's resolver (Cargo:
/// resolver/errors.rs `activation_error`, resolver/dep_cache.rs).
final class MissingPackage {
  private static final Comparator<Offers.Offer> NEWEST =
      Comparator.comparing(Offers.Offer::version).reversed();

  private final Workspace workspace;
  private final Collection<Package> locals;
  private final Offers offers;

  MissingPackage(Workspace workspace, Collection<Package> locals, Offers offers) {
    this.workspace = workspace;
    this.locals = locals;
    this.offers = offers;
  }

  /// Returns why there can be no package, or null where only the lock file lacks it.
  @Nullable KilnException reason(Dependency dependency, Package pkg)
      throws KilnException, InterruptedException {
    var broken = unreadable(dependency);
    if (broken != null) {
      return asDependency(dependency, pkg, broken);
    }
    if (dependency.source().isPath()) {
      return noPathPackage(dependency, pkg);
    }
    try {
      var offered = offers.of(dependency.source(), dependency.name());
      return offered.isEmpty() ? null : noOffer(dependency, pkg, offered.get());
    } catch (KilnException e) {
      return asDependency(dependency, pkg, e);
    }
  }

  /// Fails where the source of a dependency cannot be used.
  void checkSource(Dependency dependency, Package pkg) throws KilnException {
    try {
      offers.check(dependency.source());
    } catch (KilnException e) {
      throw asDependency(dependency, pkg, notLoaded(dependency, dependency.place(), e));
    }
  }

  /// Returns why the manifest of a path dependency can't be had, as Cargo's chain, or null.
  @Nullable KilnException unreadable(Dependency dependency) {
    var broken = workspace.brokenPaths().get(dependency.source());
    return broken == null
        ? null
        : notLoaded(dependency, dependency.source().url().substring("file://".length()), broken);
  }

  private static KilnException notLoaded(Dependency dependency, String place, KilnException why) {
    return new KilnException(
        "failed to load source for dependency `" + dependency.name() + "`",
        null,
        new KilnException("unable to update " + place, null, why));
  }

  static KilnException asDependency(Dependency dependency, Package pkg, KilnException why) {
    return new KilnException(
        "failed to get `"
            + dependency.name()
            + "` as a dependency of package `"
            + pkg.id().described()
            + "`",
        null,
        why);
  }

  private @Nullable KilnException noOffer(
      Dependency dependency, Package pkg, List<Offers.Offer> offered)
      throws KilnException, InterruptedException {
    var fitting =
        offered.stream()
            .filter(offer -> dependency.acceptsVersion(offer.version()))
            .sorted(NEWEST)
            .toList();
    if (fitting.stream().anyMatch(offer -> !offer.yanked())) {
      return null;
    }
    var start = noVersion(dependency);
    if (!fitting.isEmpty()) {
      var lines = new StringBuilder(start);
      fitting.forEach(
          offer -> lines.append("\n  version ").append(offer.version()).append(" is yanked"));
      return new KilnException(lines + searched(dependency, pkg.id()));
    }
    var others = others(offered);
    if (!others.isEmpty()) {
      return new KilnException(start + others + searched(dependency, pkg.id()));
    }
    return noName(dependency, pkg.id(), offers.similar(dependency.source(), dependency.name()));
  }

  /// Returns the failure of a dependency whose locked version its source has no more.
  KilnException notOffered(
      Dependency dependency, PackageId by, PackageId locked, List<Offers.Offer> offered)
      throws KilnException, InterruptedException {
    var others = others(offered);
    return others.isEmpty()
        ? noName(dependency, by, offers.similar(dependency.source(), dependency.name()))
        : new KilnException(
            noVersion(dependency)
                + " (locked to "
                + locked.version()
                + ")"
                + others
                + searched(dependency, by),
            "perhaps a crate was updated and forgotten to be re-vendored?");
  }

  private static String others(List<Offers.Offer> offered) {
    var versions =
        offered.stream()
            .filter(offer -> !offer.yanked())
            .sorted(NEWEST)
            .map(offer -> offer.version().toString())
            .toList();
    return versions.isEmpty()
        ? ""
        : "\ncandidate versions found which didn't match: "
            + String.join(", ", versions.subList(0, Math.min(3, versions.size())))
            + (versions.size() > 3 ? ", ..." : "");
  }

  private KilnException noName(Dependency dependency, PackageId by, List<String> similar)
      throws KilnException {
    return new KilnException(
        (similar.isEmpty()
                ? "no matching package named `" + dependency.name() + "` found"
                : "no matching package found\nsearched package name: `"
                    + dependency.name()
                    + "`\nperhaps you meant:      "
                    + String.join(" or ", similar))
            + searched(dependency, by));
  }

  private static String noVersion(Dependency dependency) {
    return "failed to select a version for the requirement `"
        + dependency.name()
        + " = \""
        + dependency.req()
        + "\"`";
  }

  private String searched(Dependency dependency, PackageId by) throws KilnException {
    return "\nlocation searched: "
        + offers.place(dependency.source(), dependency.place())
        + "\nrequired by package `"
        + by.described()
        + "`";
  }

  private KilnException noPathPackage(Dependency dependency, Package pkg) throws KilnException {
    var there =
        locals.stream()
            .filter(local -> local.id().source().equals(dependency.source()))
            .findFirst();
    if (there.isPresent() && there.get().name().equals(dependency.name())) {
      return new KilnException(
          noVersion(dependency)
              + "\ncandidate versions found which didn't match: "
              + there.get().version()
              + searched(dependency, pkg.id()));
    }
    var similar =
        there.flatMap(local -> Nearest.to(dependency.name(), List.of(local.name()))).stream();
    return noName(dependency, pkg.id(), similar.toList());
  }
}
