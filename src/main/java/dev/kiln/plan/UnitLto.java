package dev.kiln.plan;

/// A unit's part in link-time optimisation (Cargo: compiler/lto.rs; cargo-build.md §8).
public sealed interface UnitLto {
  /// `-C lto`, or `-C lto=WORD` where `word` is not empty.
  record Run(String word) implements UnitLto {}

  /// `-C lto=off -C embed-bitcode=no`.
  record Off() implements UnitLto {}

  /// `-C linker-plugin-lto`.
  record OnlyBitcode() implements UnitLto {}

  /// No flag: objects and bitcode both.
  record ObjectAndBitcode() implements UnitLto {}

  /// `-C embed-bitcode=no`.
  record OnlyObject() implements UnitLto {}
}
