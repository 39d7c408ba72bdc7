package dev.kiln.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/// The hash of a workspace's manifest path that `build.build-dir` may name: SipHash-1-3 with 128
/// bits over what Rust hashes of a path (Cargo: util/hex.rs `short_hash`).
final class PathHash {
  private static final int BLOCK = Long.BYTES;
  private static final int FINAL_ROUNDS = 3;

  private long v0 = 0x736f6d6570736575L;
  private long v1 = 0x646f72616e646f6dL ^ 0xee;
  private long v2 = 0x6c7967656e657261L;
  private long v3 = 0x7465646279746573L;

  private PathHash() {}

  /// Returns `xx/xxxxxxxxxxxxxx`.
  static String of(Path path) {
    var hex = HexFormat.of().formatHex(little(new PathHash().sum(bytes(real(path)))));
    return hex.substring(0, 2) + "/" + hex.substring(2);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException _) {
      return path;
    }
  }

  private static byte[] little(long value) {
    return ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  /// Returns the names one after the other, then a number that tells where they were cut.
  private static byte[] bytes(Path path) {
    var bytes = new ByteArrayOutputStream();
    long cuts = 0;
    for (var name : path) {
      var text = name.toString().getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(text);
      cuts = Long.rotateRight(cuts + text.length, 2);
    }
    bytes.writeBytes(little(cuts));
    return bytes.toByteArray();
  }

  private long sum(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.remaining() >= BLOCK) {
      absorb(buffer.getLong());
    }
    long last = (long) bytes.length << (Long.SIZE - Byte.SIZE);
    for (int i = 0; buffer.hasRemaining(); i++) {
      last |= (buffer.get() & 0xffL) << (i * Byte.SIZE);
    }
    absorb(last);
    v2 ^= 0xee;
    long low = half();
    v1 ^= 0xdd;
    return low * 3 + half();
  }

  private void absorb(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  private long half() {
    for (int i = 0; i < FINAL_ROUNDS; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
