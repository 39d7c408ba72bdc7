package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// URLs as Cargo's URL library brings them to one form (Cargo: util/into_url.rs).
final class GitUrl {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?");
  private static final Pattern SCP = Pattern.compile("([^@/:]+@[^@/:]+):(.+)");
  private static final Set<String> SPECIAL = Set.of("http", "https", "ftp", "ws", "wss");

  private GitUrl() {}

  /// Returns the URL with scheme and host in lower case and a path where the scheme needs one.
  static String normal(String text) throws KilnException {
    var matcher = URL.matcher(text);
    if (!matcher.matches()) {
      var scp = SCP.matcher(text);
      throw new KilnException(
          "invalid url `"
              + text
              + "`: relative URL without a base"
              + (scp.matches()
                  ? "; try using `ssh://" + scp.group(1) + "/" + scp.group(2) + "` instead"
                  : ""));
    }
    var scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    var authority = matcher.group(2);
    int at = authority.lastIndexOf('@') + 1;
    if (SPECIAL.contains(scheme)) {
      authority = authority.substring(0, at) + authority.substring(at).toLowerCase(Locale.ROOT);
    }
    var path = matcher.group(3);
    return scheme
        + "://"
        + authority
        + (path.isEmpty() && SPECIAL.contains(scheme) ? "/" : path)
        + (matcher.group(4) == null ? "" : matcher.group(4));
  }
}
