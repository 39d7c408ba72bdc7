package dev.kiln.toolchain.debian;

/// A version of a Debian package, ordered as dpkg does (deb-version(7)): epoch, upstream version,
/// revision; digits as numbers, `~` before the end, letters before all other characters.
record DebianVersion(String text) implements Comparable<DebianVersion> {
  @Override
  public int compareTo(DebianVersion other) {
    int byEpoch = compare(epoch(), other.epoch());
    if (byEpoch != 0) {
      return byEpoch;
    }
    int byUpstream = compare(upstream(), other.upstream());
    return byUpstream != 0 ? byUpstream : compare(revision(), other.revision());
  }

  private String epoch() {
    int colon = text.indexOf(':');
    return colon < 0 ? "0" : text.substring(0, colon);
  }

  private String upstream() {
    var rest = text.substring(text.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private String revision() {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  /// dpkg: `verrevcmp`.
  private static int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while ((i < a.length() && !isDigit(a, i)) || (j < b.length() && !isDigit(b, j))) {
        int order = Integer.compare(weight(a, i), weight(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = endOfDigits(a, i);
      int endB = endOfDigits(b, j);
      var one = a.substring(Math.min(i, endA), endA).replaceFirst("^0+", "");
      var two = b.substring(Math.min(j, endB), endB).replaceFirst("^0+", "");
      int order = Integer.compare(one.length(), two.length());
      order = order != 0 ? order : one.compareTo(two);
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static int endOfDigits(String text, int from) {
    int end = Math.min(from, text.length());
    while (end < text.length() && isDigit(text, end)) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text, at)) {
      return 0;
    }
    char c = text.charAt(at);
    boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c == '~' ? -1 : isLetter ? c : c + 256;
  }
}
