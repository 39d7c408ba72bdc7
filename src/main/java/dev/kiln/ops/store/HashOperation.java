package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Hashes files and trees, and writes hashes otherwise, as `nix hash` does.
public final class HashOperation {
  /// The texts of a hash.
  public enum Format {
    BASE16,
    BASE32,
    BASE64,
    SRI;

    public static Format parse(String text) throws KilnException {
      return switch (text) {
        case "base16", "hex" -> BASE16;
        case "base32", "nix32" -> BASE32;
        case "base64" -> BASE64;
        case "sri" -> SRI;
        default ->
            throw new KilnException(
                "unknown hash format '" + text + "'", "use base16, nix32, base64 or sri");
      };
    }

    /// Returns the text; only SRI names the algorithm.
    public String of(Digest digest) {
      return switch (this) {
        case BASE16 -> digest.hex();
        case BASE32 -> digest.nix32();
        case BASE64 -> digest.base64();
        case SRI -> digest.sri();
      };
    }
  }

  private static final int PART = 1 << 19;

  private HashOperation() {}

  /// Returns the hash of a tree's NAR.
  public static Digest path(Path tree, HashAlgorithm algorithm) throws KilnException {
    try {
      return NarWriter.hash(tree, algorithm).hash();
    } catch (IOException e) {
      throw new KilnException("cannot read " + tree, null, e);
    }
  }

  /// Returns the hash of a file's contents; while one part is hashed, the next is read.
  public static Digest file(Path file, HashAlgorithm algorithm) throws KilnException {
    var hash = Digest.messageDigest(algorithm);
    try (var in = Files.newInputStream(file)) {
      var part = new byte[PART];
      var count = in.readNBytes(part, 0, PART);
      if (count < PART) {
        hash.update(part, 0, count);
      } else {
        updateAll(hash, part, in);
      }
    } catch (IOException | ExecutionException | InterruptedException e) {
      throw new KilnException("cannot read " + file, null, e);
    }
    return new Digest(algorithm, hash.digest());
  }

  /// Hashes a first part and all that follow it.
  private static void updateAll(MessageDigest hash, byte[] first, InputStream in)
      throws ExecutionException, InterruptedException {
    var reader = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    try {
      var part = first;
      var next = new byte[PART];
      for (int count = PART; count > 0; ) {
        var into = next;
        var ahead = reader.submit(() -> in.readNBytes(into, 0, PART));
        hash.update(part, 0, count);
        count = ahead.get();
        next = part;
        part = into;
      }
    } finally {
      reader.shutdownNow();
    }
  }

  public static HashAlgorithm algorithm(String name) throws KilnException {
    return HashAlgorithm.find(name)
        .orElseThrow(() ->
            new KilnException(
                "unknown hash algorithm '" + name + "'", "use md5, sha1, sha256 or sha512"));
  }

  /// Returns a hash in another text.
  public static String convert(String text, @Nullable HashAlgorithm algorithm, Format to)
      throws KilnException {
    return to.of(Digest.parse(text, algorithm));
  }
}
