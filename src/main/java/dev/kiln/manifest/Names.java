package dev.kiln.manifest;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Cargo's rules for names (util-schemas: restricted_names.rs). Each method returns what is wrong
/// in Cargo's words, or null.
final class Names {
  private static final Set<String> ARTIFACT_DIRECTORIES =
      Set.of("deps", "examples", "build", "incremental");

  private Names() {}

  static @Nullable String packageNameFault(String name) {
    return fault(name, "package name");
  }

  /// `what` is what the name is of: `package name`, `dependency name`, `registry name`.
  static @Nullable String fault(String name, String what) {
    if (name.isEmpty()) {
      return what + " cannot be empty";
    }
    int first = name.codePointAt(0);
    if (first >= '0' && first <= '9') {
      return invalid(first, what, name, "the name cannot start with a digit");
    }
    if (!Character.isUnicodeIdentifierStart(first) && first != '_') {
      return invalid(
          first,
          what,
          name,
          "the first character must be a Unicode XID start character (most letters or `_`)");
    }
    return name.codePoints()
        .skip(1)
        .filter(c -> !isXidContinue(c) && c != '-')
        .mapToObj(c ->
            invalid(
                c,
                what,
                name,
                "characters must be Unicode XID characters (numbers, `-`, `_`, or most"
                    + " letters)"))
        .findFirst()
        .orElse(null);
  }

  static @Nullable String featureNameFault(String name) {
    if (name.isEmpty()) {
      return "feature name cannot be empty";
    }
    if (name.startsWith("dep:")) {
      return "feature named `" + name + "` is not allowed to start with `dep:`";
    }
    if (name.contains("/")) {
      return "invalid character `/` in feature name: `"
          + name
          + "`, feature name is not allowed to contain slashes";
    }
    int first = name.codePointAt(0);
    if (!(Character.isUnicodeIdentifierStart(first)
        || first == '_'
        || (first >= '0' && first <= '9'))) {
      return invalid(
          first,
          "feature name",
          name,
          "the first character must be a Unicode XID start character or digit (most letters or `_`"
              + " or `0` to `9`)");
    }
    return name.codePoints()
        .skip(1)
        .filter(c -> !isXidContinue(c) && c != '-' && c != '+' && c != '.')
        .mapToObj(c ->
            invalid(
                c,
                "feature name",
                name,
                "characters must be Unicode XID characters, '-', `+`, or `.` (numbers, `+`,"
                    + " `-`, `_`, `.`, or most letters)"))
        .findFirst()
        .orElse(null);
  }

  /// Returns what is wrong with a profile's name (Cargo: `validate_profile_name`).
  static @Nullable String profileNameFault(String name) {
    var bad =
        name.codePoints()
            .filter(c -> !Character.isLetterOrDigit(c) && c != '_' && c != '-')
            .findFirst();
    if (bad.isPresent()) {
      return "invalid character `"
          + Character.toString(bad.getAsInt())
          + "` in profile name: `"
          + name
          + "`, allowed characters are letters, numbers, underscore, and hyphen";
    }
    var see =
        "\nSee https://doc.rust-lang.org/cargo/reference/profiles.html for more on configuring"
            + " profiles.";
    var lower = name.toLowerCase(java.util.Locale.ROOT);
    if (lower.equals("debug")) {
      return "profile name `"
          + name
          + "` is reserved\nTo configure the default development profile, use the name `dev` as in"
          + " [profile.dev]"
          + see;
    }
    if (lower.equals("build-override")) {
      return "profile name `"
          + name
          + "` is reserved\n"
          + "To configure build dependency settings, use [profile.dev.build-override] and"
          + " [profile.release.build-override]"
          + see;
    }
    if (RESERVED_PROFILES.contains(lower) || lower.startsWith("cargo")) {
      return "profile name `" + name + "` is reserved\nPlease choose a different name." + see;
    }
    return null;
  }

  private static final Set<String> RESERVED_PROFILES =
      Set.of(
          "build",
          "check",
          "clean",
          "config",
          "fetch",
          "fix",
          "install",
          "metadata",
          "package",
          "publish",
          "report",
          "root",
          "run",
          "rust",
          "rustc",
          "rustdoc",
          "target",
          "tmp",
          "uninstall");

  static boolean isArtifactDirectory(String name) {
    return ARTIFACT_DIRECTORIES.contains(name);
  }

  private static boolean isXidContinue(int c) {
    return Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
  }

  private static String invalid(int c, String what, String name, String why) {
    return "invalid character `"
        + Character.toString(c)
        + "` in "
        + what
        + ": `"
        + name
        + "`, "
        + why;
  }
}
