package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.PathInfo;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a binary cache says of a path and where its NAR is (nix-store.md §15.2).
///
/// `url` is relative to the cache's root, or absolute. Of `info`, the time of registration is the
/// epoch and `ultimate` false.
public record NarInfo(PathInfo info, String url, String compression, @Nullable FileFacts file) {

  /// The compressed file's hash and size, each null where the cache does not say it.
  public record FileFacts(@Nullable Digest hash, @Nullable Long size) {}

  /// Reads a `.narinfo` as strictly as current Nix; `name` is for messages.
  public static NarInfo parse(StoreDir store, String name, String text) throws KilnException {
    return new Reader(store, name).read(text);
  }

  /// Returns the file's text, in Nix's order, signatures sorted.
  public String text(StoreDir store) {
    var text = new StringBuilder(512);
    line(text, "StorePath", store.resolve(info.path()));
    line(text, "URL", url);
    line(text, "Compression", compression);
    if (file != null) {
      fileLines(text, file);
    }
    line(text, "NarHash", info.narHash().prefixedNix32());
    line(text, "NarSize", Long.toString(info.narSize()));
    line(
        text,
        "References",
        info.references().stream().map(StorePath::baseName).collect(Collectors.joining(" ")));
    var deriver = info.deriver();
    if (deriver != null) {
      line(text, "Deriver", deriver.baseName());
    }
    new TreeSet<>(info.signatures()).forEach(signature -> line(text, "Sig", signature));
    var ca = info.ca();
    if (ca != null) {
      line(text, "CA", ca);
    }
    return text.toString();
  }

  private static void fileLines(StringBuilder text, FileFacts file) {
    var hash = file.hash();
    if (hash != null) {
      line(text, "FileHash", hash.prefixedNix32());
    }
    var size = file.size();
    if (size != null) {
      line(text, "FileSize", size.toString());
    }
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(": ").append(value).append('\n');
  }

  private static final class Reader {
    private final StoreDir store;
    private final String name;
    private @Nullable StorePath path;
    private String url = "";
    private String compression = "";
    private @Nullable Digest fileHash;
    private @Nullable Long fileSize;
    private @Nullable Digest narHash;
    private long narSize;
    private final TreeSet<StorePath> references = new TreeSet<>();
    private @Nullable StorePath deriver;
    private final Set<String> signatures = new LinkedHashSet<>();
    private @Nullable String ca;

    private Reader(StoreDir store, String name) {
      this.store = store;
      this.name = name;
    }

    private NarInfo read(String text) throws KilnException {
      for (var position = 0; position < text.length(); ) {
        var end = text.indexOf('\n', position);
        if (end < 0) {
          throw corrupt("its last line does not end");
        }
        var line = text.substring(position, end);
        var colon = line.indexOf(": ");
        if (colon < 0) {
          throw corrupt("no colon in '" + line + "'");
        }
        take(line.substring(0, colon), line.substring(colon + 2));
        position = end + 1;
      }
      if (path == null || url.isEmpty() || narHash == null || narSize == 0) {
        throw corrupt("StorePath, URL, NarHash or NarSize is missing");
      }
      var info =
          new PathInfo(
              path,
              narHash,
              narSize,
              references,
              deriver,
              Instant.EPOCH,
              false,
              List.copyOf(signatures),
              ca);
      var facts = fileHash == null && fileSize == null ? null : new FileFacts(fileHash, fileSize);
      return new NarInfo(info, url, compression.isEmpty() ? "bzip2" : compression, facts);
    }

    private void take(String key, String value) throws KilnException {
      switch (key) {
        case "StorePath" -> path = store.parse(value);
        case "URL" -> url = value;
        case "Compression" -> compression = value;
        case "FileHash" -> fileHash = Digest.parse(value, null);
        case "FileSize" -> fileSize = number(value);
        case "NarHash" -> narHash = narHash(value);
        case "NarSize" -> narSize = number(value);
        case "References" -> takeReferences(value);
        case "Deriver" -> {
          if (!value.equals("unknown-deriver")) {
            deriver = StorePath.parse(value);
          }
        }
        case "Sig" -> signatures.add(Signature.parse(value).toString());
        case "CA" -> takeContentAddress(value);
        default -> {}
      }
    }

    private Digest narHash(String value) throws KilnException {
      var hash = Digest.parse(value, null);
      if (hash.algorithm() != HashAlgorithm.SHA256) {
        throw corrupt("NarHash is no SHA-256");
      }
      return hash;
    }

    private void takeReferences(String value) throws KilnException {
      if (!references.isEmpty()) {
        throw corrupt("References stands there twice");
      }
      for (var reference : value.split(" ", -1)) {
        if (!reference.isEmpty()) {
          references.add(StorePath.parse(reference));
        }
      }
    }

    private void takeContentAddress(String value) throws KilnException {
      if (ca != null) {
        throw corrupt("CA stands there twice");
      }
      ca = value.isEmpty() ? null : ContentAddress.parse(value).toString();
    }

    private long number(String value) throws KilnException {
      if (value.matches("[0-9]{1,18}")) {
        return Long.parseLong(value);
      }
      throw corrupt("'" + value + "' is no size");
    }

    private KilnException corrupt(String what) {
      return new KilnException("the narinfo " + name + " is corrupt: " + what);
    }
  }
}
