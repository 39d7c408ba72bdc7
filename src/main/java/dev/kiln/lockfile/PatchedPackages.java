package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Workspace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Finds the one package that each `[patch]` entry means, and says why there is none or more than
/// one (Cargo: core/registry.rs `patch`, `summary_for_patch`).
final class PatchedPackages {
  private final Workspace workspace;
  private final SortedSet<PackageId> known;
  private final MissingPackage missing;
  private final Offers offers;

  /// `known` are the packages of the workspace and of the lock file.
  PatchedPackages(
      Workspace workspace, SortedSet<PackageId> known, MissingPackage missing, Offers offers) {
    this.workspace = workspace;
    this.known = known;
    this.missing = missing;
    this.offers = offers;
  }

  /// Returns the packages by the URL that they patch.
  SortedMap<String, List<PackageId>> find() throws KilnException, InterruptedException {
    var patches = new TreeMap<String, List<PackageId>>();
    for (var entry : workspace.settings().patches().entrySet()) {
      var url = entry.getKey();
      var found = new ArrayList<PackageId>();
      for (var patch : entry.getValue()) {
        var broken = missing.unreadable(patch);
        if (broken != null) {
          throw broken;
        }
        var candidates = candidates(patch, url);
        if (!candidates.isEmpty() && isSame(patch.source(), url)) {
          throw fault(
              patch,
              url,
              "patch for `"
                  + patch.name()
                  + "` points to the same source, but patches must point to different sources");
        }
        found.addAll(candidates);
      }
      refuseTwice(found, entry.getValue(), url);
      patches.put(Resolution.patchKey(SourceId.registry(url).canonicalUrl()), found);
    }
    return patches;
  }

  private static boolean isSame(SourceId source, String url) {
    return !source.isPath() && source.canonicalUrl().equals(SourceId.registry(url).canonicalUrl());
  }

  private static void refuseTwice(List<PackageId> found, List<Dependency> patches, String url)
      throws KilnException {
    var seen = new HashSet<String>();
    for (var id : found) {
      if (!seen.add(id.toString())) {
        var patch = patches.stream().filter(entry -> entry.name().equals(id.name())).findFirst();
        throw fault(
            patch.orElseThrow(),
            url,
            "several `[patch]` entries resolving to same version `" + id + "`");
      }
    }
  }

  private List<PackageId> candidates(Dependency patch, String url)
      throws KilnException, InterruptedException {
    var locked = known.stream().filter(patch::accepts).toList();
    if (patch.source().isGit() || locked.size() == 1) {
      return locked;
    }
    if (!locked.isEmpty()) {
      throw several(patch, url, locked);
    }
    if (patch.source().isPath()) {
      var there =
          known.stream()
              .filter(id -> id.source().equals(patch.source()) && id.name().equals(patch.name()))
              .toList();
      throw none(patch, url, there);
    }
    var offered = offers.of(patch.source(), patch.name());
    if (offered.isEmpty()) {
      return List.of();
    }
    var there =
        offered.get().stream()
            .filter(offer -> !offer.yanked())
            .map(offer -> new PackageId(patch.name(), offer.version(), patch.source()))
            .sorted()
            .toList();
    var fitting = there.stream().filter(patch::accepts).toList();
    if (fitting.size() > 1) {
      throw several(patch, url, fitting);
    }
    if (fitting.isEmpty()) {
      throw none(patch, url, there);
    }
    return fitting;
  }

  private static KilnException several(Dependency patch, String url, List<PackageId> found) {
    return fault(
        patch,
        url,
        "patch for `"
            + patch.name()
            + "` in `"
            + patch.place()
            + "` resolved to more than one candidate\nnote: found versions: "
            + versions(found));
  }

  private static KilnException none(Dependency patch, String url, List<PackageId> there) {
    var place = patch.place();
    return fault(
        patch,
        url,
        there.isEmpty()
            ? "patch location `"
                + place
                + "` does not contain packages matching `"
                + patch.name()
                + "`"
            : "patch `"
                + patch.name()
                + "` version mismatch\nnote: patch location contains "
                + (there.size() == 1 ? "version `" : "versions `")
                + versions(there)
                + "`, but patch definition requires `"
                + patch.req()
                + "`\nhelp: check patch location `"
                + place
                + "`");
  }

  private static String versions(List<PackageId> ids) {
    return String.join(", ", ids.stream().map(id -> id.version().toString()).toList());
  }

  private static KilnException fault(Dependency patch, String url, String message) {
    return new KilnException(
        message, "check the definition of the patch `" + patch.name() + "` for `" + url + "`");
  }
}
