package dev.kiln.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What may stand at a key of Cargo's configuration, as Cargo's types say it (Cargo:
/// util/context/schema.rs).
sealed interface ConfigShape {
  /// The simple types: `PATH` is a string that knows its place, `WORDS` a string or a list of them,
  /// `COMMAND` the same with a program at its head, `ANY` what is read elsewhere.
  enum Plain implements ConfigShape {
    TEXT,
    PATH,
    BOOL,
    WORDS,
    COMMAND,
    ANY
  }

  /// An integer of Rust's type.
  record Whole(String type, long least, long most) implements ConfigShape {}

  /// One of several words.
  record Word(List<String> words) implements ConfigShape {}

  /// Keys that are known; others are warned of.
  record Struct(SortedMap<String, ConfigShape> fields) implements ConfigShape {}

  /// Any keys, with the same at each.
  record Each(ConfigShape item) implements ConfigShape {}

  /// Values of several types, of which `expected` tells; `struct` is what a table has. `located`
  /// says that the value knows its place, which puts one more line into messages.
  record OneOf(
      String expected,
      boolean whole,
      boolean text,
      boolean list,
      @Nullable Struct struct,
      boolean located)
      implements ConfigShape {}

  private static Struct struct(Object... pairs) {
    var fields = new TreeMap<String, ConfigShape>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], (ConfigShape) pairs[i + 1]);
    }
    return new Struct(fields);
  }

  private static Struct all(ConfigShape shape, String... keys) {
    var fields = new TreeMap<String, ConfigShape>();
    Arrays.asList(keys).forEach(key -> fields.put(key, shape));
    return new Struct(fields);
  }

  private static Word word(String... words) {
    return new Word(List.of(words));
  }

  /// Returns what a section has, by the first part of its key.
  static ConfigShape of(String section) {
    var shape = Sections.ALL.get(section);
    if (shape == null) {
      throw new IllegalArgumentException(section);
    }
    return shape;
  }

  /// The sections that Cargo reads as a whole.
  final class Sections {
    private static final Whole U32 = new Whole("u32", 0, 0xffff_ffffL);
    private static final Whole U64 = new Whole("u64", 0, Long.MAX_VALUE);
    private static final Whole USIZE = new Whole("usize", 0, Long.MAX_VALUE);

    private static final Struct PROFILE_OVERRIDE =
        all(Plain.ANY, UnusedKeys.PROFILE_OVERRIDE_KEYS.toArray(String[]::new));

    private static Struct profile() {
      var fields = new TreeMap<>(PROFILE_OVERRIDE.fields());
      fields.put("package", new Each(PROFILE_OVERRIDE));
      fields.put("build-override", PROFILE_OVERRIDE);
      return new Struct(fields);
    }

    private static final Map<String, ConfigShape> ALL =
        Map.of(
            "build",
            struct(
                "pipelining", Plain.BOOL,
                "dep-info-basedir", Plain.PATH,
                "target-dir", Plain.PATH,
                "build-dir", Plain.PATH,
                "incremental", Plain.BOOL,
                "target", new OneOf("a string or array", false, true, true, null, true),
                "jobs", new OneOf("an integer or string", true, true, false, null, false),
                "rustflags", Plain.WORDS,
                "rustdocflags", Plain.WORDS,
                "rustc-wrapper", Plain.PATH,
                "rustc-workspace-wrapper", Plain.PATH,
                "rustc", Plain.PATH,
                "rustdoc", Plain.PATH,
                "artifact-dir", Plain.PATH,
                "warnings", word("warn", "allow", "deny"),
                "sbom", Plain.BOOL,
                "analysis", struct("enabled", Plain.BOOL)),
            "http",
            struct(
                "proxy", Plain.TEXT,
                "low-speed-limit", U32,
                "timeout", U64,
                "cainfo", Plain.PATH,
                "proxy-cainfo", Plain.PATH,
                "check-revoke", Plain.BOOL,
                "user-agent", Plain.TEXT,
                "debug", Plain.BOOL,
                "multiplexing", Plain.BOOL,
                "ssl-version",
                    new OneOf(
                        "a string or map",
                        false,
                        true,
                        false,
                        struct("min", Plain.TEXT, "max", Plain.TEXT),
                        false)),
            "net",
            struct(
                "retry",
                U32,
                "offline",
                Plain.BOOL,
                "git-fetch-with-cli",
                Plain.BOOL,
                "ssh",
                struct("known-hosts", Plain.ANY)),
            "term",
            struct(
                "verbose", Plain.BOOL,
                "quiet", Plain.BOOL,
                "color", Plain.TEXT,
                "hyperlinks", Plain.BOOL,
                "unicode", Plain.BOOL,
                "progress",
                    struct(
                        "when",
                        word("auto", "never", "always"),
                        "width",
                        USIZE,
                        "term-integration",
                        Plain.BOOL)),
            "resolver",
            struct(
                "incompatible-rust-versions", word("allow", "fallback"),
                "feature-unification", word("package", "selected", "workspace"),
                "lockfile-path", Plain.PATH),
            "source",
            new Each(
                struct(
                    "replace-with", Plain.PATH,
                    "directory", Plain.PATH,
                    "registry", Plain.PATH,
                    "local-registry", Plain.PATH,
                    "git", Plain.PATH,
                    "branch", Plain.PATH,
                    "tag", Plain.PATH,
                    "rev", Plain.PATH)),
            "profile",
            new Each(profile()));

    private Sections() {}
  }
}
