package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A semantic version 2.0.0, with build metadata kept, ordered as the `semver` crate orders it
/// (build metadata takes part, last).
public record Version(long major, long minor, long patch, String pre, String build)
    implements Comparable<Version> {
  private static final String NUMBER = "(0|[1-9][0-9]*)";
  private static final String IDENTIFIERS = "([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)";
  private static final Pattern LEADING_ZERO = Pattern.compile("(^|\\.)0[0-9]+(\\.|$)");
  private static final Pattern TEXT =
      Pattern.compile(
          NUMBER
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + "(?:-"
              + IDENTIFIERS
              + ")?(?:\\+"
              + IDENTIFIERS
              + ")?");

  /// Parses `MAJOR.MINOR.PATCH[-PRE][+BUILD]`.
  public static Version parse(String text) throws KilnException {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new KilnException("`" + text + "` is not a semantic version");
    }
    var pre = matcher.group(4);
    if (pre != null && LEADING_ZERO.matcher(pre).find()) {
      throw new KilnException("invalid leading zero in pre-release identifier");
    }
    var build = matcher.group(5);
    try {
      return new Version(
          Long.parseLong(matcher.group(1)),
          Long.parseLong(matcher.group(2)),
          Long.parseLong(matcher.group(3)),
          pre == null ? "" : pre,
          build == null ? "" : build);
    } catch (NumberFormatException e) {
      throw new KilnException("`" + text + "` has a number that is too large", null, e);
    }
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Version other
        && major == other.major
        && minor == other.minor
        && patch == other.patch
        && pre.equals(other.pre)
        && build.equals(other.build);
  }

  @Override
  public int hashCode() {
    int numbers = Long.hashCode((major * 31 + minor) * 31 + patch);
    return (numbers * 31 + pre.hashCode()) * 31 + build.hashCode();
  }

  @Override
  public int compareTo(Version other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    order = order != 0 ? order : comparePre(pre, other.pre);
    return order != 0 ? order : compareIdentifiers(build, other.build);
  }

  private static int comparePre(String left, String right) {
    if (left.isEmpty() || right.isEmpty()) {
      return Boolean.compare(left.isEmpty(), right.isEmpty());
    }
    return compareIdentifiers(left, right);
  }

  private static int compareIdentifiers(String left, String right) {
    if (left.equals(right)) {
      return 0;
    }
    if (left.isEmpty() || right.isEmpty()) {
      return left.isEmpty() ? -1 : 1;
    }
    var a = left.split("\\.", -1);
    var b = right.split("\\.", -1);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      boolean aNumber = a[i].chars().allMatch(c -> c >= '0' && c <= '9');
      boolean bNumber = b[i].chars().allMatch(c -> c >= '0' && c <= '9');
      int order;
      if (aNumber && bNumber) {
        order = new BigInteger(a[i]).compareTo(new BigInteger(b[i]));
        order = order != 0 ? order : Integer.compare(a[i].length(), b[i].length());
      } else if (aNumber != bNumber) {
        order = aNumber ? -1 : 1;
      } else {
        order = a[i].compareTo(b[i]);
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  @Override
  public String toString() {
    return major
        + "."
        + minor
        + "."
        + patch
        + (pre.isEmpty() ? "" : "-" + pre)
        + (build.isEmpty() ? "" : "+" + build);
  }
}
