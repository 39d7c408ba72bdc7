package dev.kiln.lockfile;

import dev.kiln.KilnException;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the sources of packages offer. Versions are chosen by the lock file alone; the sources are
/// asked whether they are usable, and why there can be no locked package for a dependency.
public interface Offers {
  /// Sources that cannot be asked.
  Offers UNKNOWN =
      new Offers() {
        @Override
        public void check(SourceId source) {}

        @Override
        public Optional<List<Offer>> of(SourceId source, String name) {
          return Optional.empty();
        }

        @Override
        public Optional<List<Offer>> near(SourceId source, String name) {
          return Optional.empty();
        }

        @Override
        public Optional<List<Dependency>> dependencies(PackageId id) {
          return Optional.empty();
        }

        @Override
        public List<String> similar(SourceId source, String name) {
          return List.of();
        }

        @Override
        public String place(SourceId source, String words) {
          return words;
        }
      };

  /// One version of a package; `checksum` is null where an index has none.
  record Offer(Version version, boolean yanked, @Nullable String checksum) {}

  /// Fails where packages cannot be had from the source as it is configured.
  void check(SourceId source) throws KilnException;

  /// Returns the versions of a package; empty where the source cannot tell.
  Optional<List<Offer>> of(SourceId source, String name) throws KilnException, InterruptedException;

  /// Does the same for sources on this machine alone, which cost little to ask.
  Optional<List<Offer>> near(SourceId source, String name)
      throws KilnException, InterruptedException;

  /// Returns the dependencies that the index of a source on this machine lists for a package; empty
  /// where there is no such index.
  Optional<List<Dependency>> dependencies(PackageId id) throws KilnException, InterruptedException;

  /// Returns Cargo's words for where packages of a source are searched; `words` are those for the
  /// source itself.
  String place(SourceId source, String words) throws KilnException;

  /// Returns the names of packages that the source has and that may have been meant.
  List<String> similar(SourceId source, String name) throws KilnException, InterruptedException;
}
