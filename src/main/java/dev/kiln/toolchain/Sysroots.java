package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import java.nio.file.Path;
import java.util.List;

/// Where a C toolchain, libraries and a shell come from: the machine itself ([HostSysroots]), or a
/// tree in the store and nothing of the machine ([HermeticSysroot]).
public sealed interface Sysroots permits HostSysroots, HermeticSysroot {
  /// Returns the directory that stands for `/`: programs of the sysroot are found below it.
  Path root();

  /// Returns what builders see of it.
  Sysroot read() throws KilnException, InterruptedException;

  /// Returns the fingerprint of the sysroot together with further tools.
  Digest fingerprint(Sysroot read, List<Path> tools) throws KilnException, InterruptedException;
}
