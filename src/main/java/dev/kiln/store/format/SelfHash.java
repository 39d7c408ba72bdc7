package dev.kiln.store.format;

import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/// Hashes a stream modulo references of an object to itself (nix-store.md §2.4; Nix:
/// `HashModuloSink`): every occurrence of its own hash part counts as NULs, and where they were is
/// hashed at the end.
public final class SelfHash extends OutputStream {
  private final HashAlgorithm algorithm;
  private final MessageDigest hash;
  private final Rewriter rewriter;

  public SelfHash(HashAlgorithm algorithm, String hashPart) {
    this.algorithm = algorithm;
    this.hash = Digest.messageDigest(algorithm);
    var zeros = ByteString.of(new byte[hashPart.length()]);
    this.rewriter = new Rewriter(new Sink(hash), Map.of(ByteString.of(hashPart), zeros));
  }

  @Override
  public void write(int value) throws IOException {
    rewriter.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    rewriter.write(bytes, offset, length);
  }

  /// Returns the hash; nothing may be written any more.
  public Digest digest() throws IOException {
    rewriter.finish();
    for (var offset : rewriter.offsets()) {
      hash.update(("|" + offset).getBytes(StandardCharsets.US_ASCII));
    }
    return new Digest(algorithm, hash.digest());
  }

  /// Answers, after [#digest], whether the object refers to itself.
  public boolean foundItself() {
    return !rewriter.offsets().isEmpty();
  }

  private static final class Sink extends OutputStream {
    private final MessageDigest hash;

    private Sink(MessageDigest hash) {
      this.hash = hash;
    }

    @Override
    public void write(int value) {
      hash.update((byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      hash.update(bytes, offset, length);
    }
  }
}
