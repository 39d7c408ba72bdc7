package dev.kiln.manifest;

/// The sections of a manifest that list targets, with Cargo's words and places for each.
enum TargetSection {
  LIB(TargetKind.LIB, "lib", "library", "src", "autolib"),
  BIN(TargetKind.BIN, "bin", "binary", "src/bin", "autobins"),
  EXAMPLE(TargetKind.EXAMPLE, "example", "example", "examples", "autoexamples"),
  TEST(TargetKind.TEST, "test", "test", "tests", "autotests"),
  BENCH(TargetKind.BENCH, "bench", "benchmark", "benches", "autobenches");

  private final TargetKind kind;
  private final String key;
  private final String human;
  private final String folder;
  private final String autoKey;

  TargetSection(TargetKind kind, String key, String human, String folder, String autoKey) {
    this.kind = kind;
    this.key = key;
    this.human = human;
    this.folder = folder;
    this.autoKey = autoKey;
  }

  static TargetSection of(TargetKind kind) {
    return switch (kind) {
      case LIB -> LIB;
      case BIN, BUILD_SCRIPT -> BIN;
      case EXAMPLE -> EXAMPLE;
      case TEST -> TEST;
      case BENCH -> BENCH;
    };
  }

  TargetKind kind() {
    return kind;
  }

  String key() {
    return key;
  }

  String human() {
    return human;
  }

  String folder() {
    return folder;
  }

  String autoKey() {
    return autoKey;
  }
}
