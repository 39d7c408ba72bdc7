package dev.kiln.sandbox;

import dev.kiln.process.RawText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One line of /proc/self/mountinfo: a mount of the host, and the flags that a bind of it must keep
/// (a user namespace may not take `noexec` and its like from what it did not mount itself).
record MountPoint(String at, List<String> flags) {
  private static final List<String> KEPT =
      List.of("noexec", "noatime", "nodiratime", "nosymfollow");

  MountPoint {
    flags = List.copyOf(flags);
  }

  static List<MountPoint> parse(String mountInfo) {
    var points = new ArrayList<MountPoint>();
    for (var line : mountInfo.lines().toList()) {
      var fields = line.split(" ", -1);
      if (fields.length > 5) {
        var flags = List.of(fields[5].split(",", -1)).stream().filter(KEPT::contains).toList();
        points.add(new MountPoint(unescape(fields[4]), flags));
      }
    }
    return points;
  }

  /// Returns the mount that a path of the host lies on; later ones cover earlier ones.
  static MountPoint of(String path, List<MountPoint> points) {
    var found = new MountPoint("/", List.of());
    for (var point : points) {
      if (point.covers(path) && point.at().length() >= found.at().length()) {
        found = point;
      }
    }
    return found;
  }

  private boolean covers(String path) {
    return at.equals("/") || path.equals(at) || path.startsWith(at + "/");
  }

  private static String unescape(String field) {
    var bytes = new ByteArrayOutputStream();
    byte[] raw = RawText.bytes(field);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '\\' && i + 3 < raw.length) {
        bytes.write(Integer.parseInt(new String(raw, i + 1, 3, StandardCharsets.US_ASCII), 8));
        i += 3;
      } else {
        bytes.write(raw[i]);
      }
    }
    return RawText.of(bytes.toByteArray());
  }
}
