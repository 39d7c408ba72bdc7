package dev.kiln.archive;

import dev.kiln.digest.Digest;
import java.util.List;

/// What one pass over a tree tells: the NAR's hash and size, and every entry in the NAR's order.
public record NarContents(Digest narHash, long narSize, List<NarEntry> entries) {
  public NarContents {
    entries = List.copyOf(entries);
  }
}
