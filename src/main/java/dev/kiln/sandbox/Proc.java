package dev.kiln.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What of /proc lets its reader change the machine.
final class Proc {
  /// Entries that real root's uid may write without any capability: sysctls, interrupt affinities,
  /// devices, the magic request key (measured: core_pattern could be set from a sandbox).
  private static final List<String> SWITCHES =
      List.of("acpi", "bus", "fs", "irq", "mtrr", "scsi", "sys", "sysrq-trigger");

  private Proc() {}

  /// Returns those that this kernel has, as absolute paths.
  static List<String> switches(Path root) {
    return SWITCHES.stream()
        .filter(name -> Files.exists(root.resolve("proc").resolve(name)))
        .map("/proc/"::concat)
        .toList();
  }
}
