package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.lockfile.Offers;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Nearest;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// What the configured sources offer. Directories and local registries are looked at; a registry
/// over the network is asked only for versions, once; where the network is forbidden it cannot
/// tell.
final class SourceOffers implements Offers {
  /// Opens the registry of a place.
  interface Opener {
    Registry open(Source source) throws KilnException;
  }

  private final SourceMap sources;
  private final Opener registries;
  private final Function<Path, VendoredPackages> directories;
  private final boolean offline;
  private final Set<SourceId> checked = new HashSet<>();

  SourceOffers(
      SourceMap sources,
      Opener registries,
      Function<Path, VendoredPackages> directories,
      boolean offline) {
    this.offline = offline;
    this.sources = sources;
    this.registries = registries;
    this.directories = directories;
  }

  @Override
  public void check(SourceId source) throws KilnException {
    if (source.isPath() || !checked.add(source)) {
      return;
    }
    var place = sources.resolve(source);
    try {
      if (place instanceof Source.Directory(var root)) {
        var _ = directories.apply(root).packages();
      } else if (place instanceof Source.Local) {
        var _ = registries.open(place);
      }
    } catch (KilnException e) {
      throw new KilnException("failed to update replaced source " + source.described(), null, e);
    }
  }

  @Override
  public Optional<List<Offer>> of(SourceId source, String name)
      throws KilnException, InterruptedException {
    var offers = new ArrayList<Offer>();
    var place = sources.resolve(source);
    if (place instanceof Source.Directory(var root)) {
      for (var key : directories.apply(root).packages().keySet()) {
        if (key.startsWith(name + " ")) {
          offers.add(new Offer(Version.parse(key.substring(name.length() + 1)), false, null));
        }
      }
      return Optional.of(offers);
    }
    if (!(place instanceof Source.Local) && !(place instanceof Source.Sparse)) {
      return Optional.empty();
    }
    try {
      for (var published : registries.open(place).glance(name)) {
        if (published.name().equals(name)) {
          offers.add(
              new Offer(published.version(), published.yanked(), published.checksum().hex()));
        }
      }
    } catch (KilnException e) {
      if (place instanceof Source.Sparse && !offline) {
        throw e;
      }
      return Optional.empty();
    }
    return Optional.of(offers);
  }

  @Override
  public Optional<List<Offer>> near(SourceId source, String name)
      throws KilnException, InterruptedException {
    var place = source.isPath() ? null : sources.resolve(source);
    return place instanceof Source.Directory || place instanceof Source.Local
        ? of(source, name)
        : Optional.empty();
  }

  @Override
  public Optional<List<Dependency>> dependencies(PackageId id)
      throws KilnException, InterruptedException {
    var place = id.source().isPath() ? null : sources.resolve(id.source());
    if (place instanceof Source.Local) {
      for (var published : registries.open(place).published(id.name())) {
        if (published.name().equals(id.name()) && published.version().equals(id.version())) {
          return Optional.of(published.dependencies(id.source()));
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public String place(SourceId source, String words) throws KilnException {
    var place = source.isRegistry() ? sources.resolve(source) : null;
    return switch (place) {
      case Source.Directory(var root) ->
          "directory source `" + root + "` (which is replacing " + words + ")";
      case Source.Local(var root) -> "`" + root + "` index (which is replacing " + words + ")";
      case Source.Sparse sparse when source.isCratesIo() && sparse.equals(Source.of(source)) ->
          "crates.io index";
      case null, default -> words;
    };
  }

  /// Cargo looks through a directory's names, and in an index for other spellings of the same name.
  @Override
  public List<String> similar(SourceId source, String name)
      throws KilnException, InterruptedException {
    var names = new TreeSet<String>();
    var place = sources.resolve(source);
    if (place instanceof Source.Directory(var root)) {
      directories
          .apply(root)
          .packages()
          .keySet()
          .forEach(key -> names.add(key.substring(0, key.indexOf(' '))));
    } else if (place instanceof Source.Local || place instanceof Source.Sparse) {
      var registry = registries.open(place);
      var spellings = new TreeSet<>(List.of(name, name.replace('-', '_'), name.replace('_', '-')));
      for (var spelling : spellings) {
        registry.published(spelling).forEach(published -> names.add(published.name()));
      }
    }
    return Nearest.to(name, names).stream().toList();
  }
}
