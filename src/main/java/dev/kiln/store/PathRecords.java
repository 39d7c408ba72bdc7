package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The text of a valid path's record: narinfo's lines without those of a cache (URL, Compression,
/// File…), with the time of registration and `Ultimate` (design D11).
final class PathRecords {
  private PathRecords() {}

  static ByteString write(StoreDir store, PathInfo info) {
    var text = new StringBuilder(400);
    line(text, "StorePath", store.resolve(info.path()));
    line(text, "NarHash", info.narHash().prefixedNix32());
    line(text, "NarSize", Long.toString(info.narSize()));
    text.append("References:");
    info.references().forEach(reference -> text.append(' ').append(reference.baseName()));
    text.append(info.references().isEmpty() ? " \n" : "\n");
    var deriver = info.deriver();
    if (deriver != null) {
      line(text, "Deriver", deriver.baseName());
    }
    info.signatures().forEach(signature -> line(text, "Sig", signature));
    var ca = info.ca();
    if (ca != null) {
      line(text, "CA", ca);
    }
    line(text, "RegistrationTime", Long.toString(info.registered().getEpochSecond()));
    if (info.ultimate()) {
      line(text, "Ultimate", "1");
    }
    return ByteString.of(text.toString());
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(": ").append(value).append('\n');
  }

  /// Reads a record; `file` is where it came from. One that names another path, or does not end as
  /// it was written, is damaged.
  static PathInfo read(StorePath path, byte[] record, Path file) throws KilnException {
    var fields = new Fields();
    var text = new String(record, StandardCharsets.UTF_8);
    for (var line : text.split("\n", -1)) {
      var colon = line.indexOf(": ");
      if (colon > 0) {
        fields.take(line.substring(0, colon), line.substring(colon + 2), file);
      }
    }
    var hash = fields.narHash;
    if (hash == null
        || fields.narSize <= 0
        || !fields.isDated
        || !text.endsWith("\n")
        || !fields.storePath.endsWith("/" + path.baseName())) {
      throw damaged(file);
    }
    return new PathInfo(
        path,
        hash,
        fields.narSize,
        fields.references,
        fields.deriver,
        Instant.ofEpochSecond(fields.registered),
        fields.ultimate,
        fields.signatures,
        fields.ca);
  }

  static KilnException damaged(Path file) {
    return new KilnException(
        "the store's record " + file + " is damaged", "delete it: what it described is made again");
  }

  private static final class Fields {
    private String storePath = "";
    private @Nullable Digest narHash;
    private long narSize;
    private final TreeSet<StorePath> references = new TreeSet<>();
    private @Nullable StorePath deriver;
    private final List<String> signatures = new ArrayList<>();
    private @Nullable String ca;
    private long registered;
    private boolean isDated;
    private boolean ultimate;

    private void take(String key, String value, Path file) throws KilnException {
      try {
        switch (key) {
          case "StorePath" -> storePath = value;
          case "NarHash" -> narHash = Digest.parse(value, HashAlgorithm.SHA256);
          case "NarSize" -> narSize = Long.parseLong(value);
          case "References" -> {
            for (var name : value.split(" ", -1)) {
              if (!name.isEmpty()) {
                references.add(StorePath.parse(name));
              }
            }
          }
          case "Deriver" -> deriver = StorePath.parse(value);
          case "Sig" -> signatures.add(value);
          case "CA" -> ca = value;
          case "RegistrationTime" -> {
            registered = Long.parseLong(value);
            isDated = true;
          }
          case "Ultimate" -> ultimate = value.equals("1");
          default -> {}
        }
      } catch (NumberFormatException | KilnException e) {
        throw damaged(file);
      }
    }
  }
}
