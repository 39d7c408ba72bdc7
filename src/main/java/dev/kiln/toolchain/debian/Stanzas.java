package dev.kiln.toolchain.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Reads Debian's control files (deb822): stanzas of `Field: value`, parted by empty lines; a line
/// that begins with a blank continues the field above. Lines that begin with `#` are comments.
final class Stanzas {
  private final BufferedReader in;

  Stanzas(BufferedReader in) {
    this.in = in;
  }

  /// Returns the next stanza's fields, continuation lines parted by line breaks; empty at the end.
  Optional<SequencedMap<String, String>> next() throws IOException {
    var fields = new LinkedHashMap<String, String>();
    String field = null;
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        if (fields.isEmpty()) {
          continue;
        }
        break;
      }
      int colon = line.indexOf(':');
      if ((line.startsWith(" ") || line.startsWith("\t")) && field != null) {
        fields.merge(field, "\n" + line.strip(), String::concat);
      } else if (colon > 0) {
        field = line.substring(0, colon);
        fields.put(field, line.substring(colon + 1).strip());
      }
    }
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(Collections.unmodifiableSequencedMap(fields));
  }

  static String field(Map<String, String> stanza, String name) {
    return stanza.getOrDefault(name, "");
  }
}
