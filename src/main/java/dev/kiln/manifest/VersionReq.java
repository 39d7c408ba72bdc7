package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A version requirement as the `semver` crate reads and matches it: bare and `^`, `~`, `=`, `<`,
/// `<=`, `>`, `>=`, wildcards, comma-separated; a pre-release matches only where a comparator names
/// a pre-release of the same x.y.z.
public record VersionReq(List<Comparator> comparators, String text) {
  private static final String NUMBER = "(0|[1-9][0-9]{0,18})";
  private static final String IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
  private static final Pattern PART =
      Pattern.compile(
          "\\s*(\\^|~|=|<=|>=|<|>)?\\s*"
              + NUMBER
              + "(?:\\.(?:([*xX])(?:\\.([*xX]))?|"
              + NUMBER
              + "(?:\\.(?:([*xX])|"
              + NUMBER
              + "(?:-("
              + IDENTIFIERS
              + "))?(?:\\+"
              + IDENTIFIERS
              + ")?))?))?\\s*");

  /// Any version: `*`.
  public static final VersionReq ANY = new VersionReq(List.of(), "*");

  /// One bound; `minor` and `patch` are null where not written.
  public record Comparator(
      String op, long major, @Nullable Long minor, @Nullable Long patch, String pre) {}

  public VersionReq {
    comparators = List.copyOf(comparators);
  }

  /// Parses the text of a dependency's `version`.
  public static VersionReq parse(String text) throws KilnException {
    if (List.of("*", "x", "X").contains(text.strip())) {
      return ANY;
    }
    var comparators = new ArrayList<Comparator>();
    var texts = new ArrayList<String>();
    for (var part : text.split(",", -1)) {
      var matcher = PART.matcher(part);
      if (!matcher.matches()) {
        throw new KilnException("`" + text + "` is not a version requirement");
      }
      try {
        comparators.add(comparator(matcher));
      } catch (NumberFormatException e) {
        throw new KilnException("`" + text + "` has a number that is too large", null, e);
      }
      boolean wildcard = isWildcard(matcher) && matcher.group(1) == null;
      texts.add(canonical(comparators.getLast(), wildcard));
    }
    return new VersionReq(comparators, String.join(", ", texts));
  }

  /// Returns a comparator as the `semver` crate prints it: `^1.2`, `1.*`.
  private static String canonical(Comparator comparator, boolean wildcard) {
    var text = new StringBuilder(wildcard ? "" : comparator.op()).append(comparator.major());
    if (comparator.minor() != null) {
      text.append('.').append(comparator.minor());
    }
    if (comparator.patch() != null) {
      text.append('.').append(comparator.patch());
    }
    if (!comparator.pre().isEmpty()) {
      text.append('-').append(comparator.pre());
    }
    return text.append(wildcard ? ".*" : "").toString();
  }

  private static boolean isWildcard(Matcher matcher) {
    return matcher.group(3) != null || matcher.group(6) != null;
  }

  private static Comparator comparator(Matcher matcher) {
    var major = Long.parseLong(matcher.group(2));
    var minor = number(matcher.group(5));
    var patch = number(matcher.group(7));
    var op = matcher.group(1);
    var pre = matcher.group(8);
    // "1.*" is "=1", not "^1", though for whole majors the two agree
    var effective = op != null ? op : isWildcard(matcher) ? "=" : "^";
    return new Comparator(effective, major, minor, patch, pre == null ? "" : pre);
  }

  /// Says whether the text is a requirement at all.
  static boolean isValid(String text) {
    try {
      parse(text);
      return true;
    } catch (KilnException _) {
      return false;
    }
  }

  private static @Nullable Long number(@Nullable String part) {
    return part == null ? null : Long.valueOf(part);
  }

  /// Says whether the version satisfies every comparator.
  public boolean matches(Version version) {
    for (var comparator : comparators) {
      if (!matches(comparator, version)) {
        return false;
      }
    }
    if (version.pre().isEmpty()) {
      return true;
    }
    for (var comparator : comparators) {
      if (comparator.major() == version.major()
          && isValue(comparator.minor(), version.minor())
          && isValue(comparator.patch(), version.patch())
          && !comparator.pre().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isValue(@Nullable Long part, long value) {
    return part != null && part == value;
  }

  private static boolean matches(Comparator c, Version v) {
    return switch (c.op()) {
      case "=" -> matchesExact(c, v);
      case ">" -> matchesGreater(c, v);
      case ">=" -> matchesExact(c, v) || matchesGreater(c, v);
      case "<" -> matchesLess(c, v);
      case "<=" -> matchesExact(c, v) || matchesLess(c, v);
      case "~" -> matchesTilde(c, v);
      default -> matchesCaret(c, v);
    };
  }

  private static boolean matchesExact(Comparator c, Version v) {
    return v.major() == c.major()
        && (c.minor() == null || v.minor() == c.minor())
        && (c.patch() == null || v.patch() == c.patch())
        && v.pre().equals(c.pre());
  }

  private static boolean matchesGreater(Comparator c, Version v) {
    if (v.major() != c.major()) {
      return v.major() > c.major();
    }
    if (c.minor() == null) {
      return false;
    }
    if (v.minor() != c.minor()) {
      return v.minor() > c.minor();
    }
    if (c.patch() == null) {
      return false;
    }
    if (v.patch() != c.patch()) {
      return v.patch() > c.patch();
    }
    return comparePre(v.pre(), c.pre()) > 0;
  }

  private static boolean matchesLess(Comparator c, Version v) {
    if (v.major() != c.major()) {
      return v.major() < c.major();
    }
    if (c.minor() == null) {
      return false;
    }
    if (v.minor() != c.minor()) {
      return v.minor() < c.minor();
    }
    if (c.patch() == null) {
      return false;
    }
    if (v.patch() != c.patch()) {
      return v.patch() < c.patch();
    }
    return comparePre(v.pre(), c.pre()) < 0;
  }

  private static boolean matchesTilde(Comparator c, Version v) {
    return v.major() == c.major()
        && (c.minor() == null || v.minor() == c.minor())
        && (c.patch() == null
            || v.patch() > c.patch()
            || (v.patch() == c.patch() && comparePre(v.pre(), c.pre()) >= 0));
  }

  private static boolean matchesCaret(Comparator c, Version v) {
    if (v.major() != c.major()) {
      return false;
    }
    if (c.minor() == null) {
      return true;
    }
    if (c.patch() == null) {
      return c.major() > 0 ? v.minor() >= c.minor() : v.minor() == c.minor();
    }
    if (c.major() > 0) {
      if (v.minor() != c.minor()) {
        return v.minor() > c.minor();
      }
      if (v.patch() != c.patch()) {
        return v.patch() > c.patch();
      }
    } else if (c.minor() > 0) {
      if (v.minor() != c.minor()) {
        return false;
      }
      if (v.patch() != c.patch()) {
        return v.patch() > c.patch();
      }
    } else if (v.minor() != c.minor() || v.patch() != c.patch()) {
      return false;
    }
    return comparePre(v.pre(), c.pre()) >= 0;
  }

  private static int comparePre(String left, String right) {
    return new Version(0, 0, 0, left, "").compareTo(new Version(0, 0, 0, right, ""));
  }

  @Override
  public String toString() {
    return text;
  }
}
