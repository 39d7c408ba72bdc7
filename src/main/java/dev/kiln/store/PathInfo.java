package dev.kiln.store;

import dev.kiln.digest.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a store knows of a valid path (Nix's ValidPathInfo): the NAR's SHA-256 and size, the
/// references (itself included where it refers to itself), and where it came from.
///
/// `ca` is the content address string of nix-store.md §2.3, null for input-addressed outputs.
public record PathInfo(
    StorePath path,
    Digest narHash,
    long narSize,
    SortedSet<StorePath> references,
    @Nullable StorePath deriver,
    Instant registered,
    boolean ultimate,
    List<String> signatures,
    @Nullable String ca) {
  public PathInfo {
    references =
        references.isEmpty()
            ? Collections.emptySortedSet()
            : Collections.unmodifiableSortedSet(new TreeSet<>(references));
    signatures = List.copyOf(signatures);
  }

  PathInfo withRegistered(Instant time) {
    return new PathInfo(
        path, narHash, narSize, references, deriver, time, ultimate, signatures, ca);
  }

  PathInfo withNarSize(long size) {
    return new PathInfo(
        path, narHash, size, references, deriver, registered, ultimate, signatures, ca);
  }

  /// Returns the same as another store knows it, which has not built it.
  public PathInfo notUltimate() {
    return new PathInfo(
        path, narHash, narSize, references, deriver, registered, false, signatures, ca);
  }

  /// Returns the same with other signatures.
  public PathInfo withSignatures(List<String> all) {
    return new PathInfo(path, narHash, narSize, references, deriver, registered, ultimate, all, ca);
  }
}
