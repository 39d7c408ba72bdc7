package dev.kiln.manifest;

import java.util.List;

/// Says what is wrong with a version, in the words of the `semver` crate.
final class VersionFault {
  private static final List<String> PARTS = List.of("major", "minor", "patch");

  private VersionFault() {}

  static String of(String text) {
    if (text.isEmpty()) {
      return "empty string, expected a semver version";
    }
    int at = 0;
    for (int part = 0; part < 3; part++) {
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      var name = PARTS.get(part);
      if (start == at) {
        return at == text.length()
            ? "unexpected end of input while parsing " + name + " version number"
            : unexpected(text, at) + " while parsing " + name + " version number";
      }
      if (text.charAt(start) == '0' && at - start > 1) {
        return "invalid leading zero in " + name + " version number";
      }
      if (at - start > 19) {
        return "value of " + name + " version number exceeds u64::MAX";
      }
      if (part == 2) {
        break;
      }
      if (at == text.length()) {
        return "unexpected end of input while parsing " + name + " version number";
      }
      if (text.charAt(at) != '.') {
        return unexpected(text, at) + " after " + name + " version number";
      }
      at++;
    }
    if (at < text.length() && text.matches(".*[-.]0[0-9]+([.+].*|$)") && text.charAt(at) == '-') {
      return "invalid leading zero in pre-release identifier";
    }
    if (at < text.length() && text.charAt(at) != '-' && text.charAt(at) != '+') {
      return unexpected(text, at) + " after patch version number";
    }
    return text.charAt(at) == '-'
        ? "empty identifier segment in pre-release identifier"
        : "empty identifier segment in build metadata";
  }

  private static String unexpected(String text, int at) {
    return "unexpected character '" + Character.toString(text.codePointAt(at)) + "'";
  }
}
