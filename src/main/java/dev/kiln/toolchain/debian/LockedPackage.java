package dev.kiln.toolchain.debian;

import dev.kiln.digest.Digest;
import java.util.List;

/// One package as a lock pins it.
///
/// `architecture` is whose it is taken for, also where its file is for all. `archive` is the part
/// of a mirror that has it (`debian`, `debian-security`), `file` the path in there. `unpacked` are
/// bytes as the package says, `needs` names of the same architecture.
public record LockedPackage(
    String name,
    String architecture,
    String version,
    String archive,
    String file,
    long size,
    long unpacked,
    Digest sha256,
    List<String> needs) {
  public LockedPackage {
    needs = List.copyOf(needs);
  }

  /// Returns `name:architecture`.
  public String id() {
    return name + ":" + architecture;
  }
}
