package dev.kiln.build;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Cargo's stable 64-bit hash: SipHash-1-3 with a 128-bit result folded as `3 * low + high` (the
/// rustc-stable-hash crate's `StableSipHasher128`).
final class StableHash {
  private long v0 = 0x736f6d6570736575L;
  private long v1 = 0x646f72616e646f6dL ^ 0xee;
  private long v2 = 0x6c7967656e657261L;
  private long v3 = 0x7465646279746573L;

  private StableHash() {}

  static long of(byte[] data) {
    var hash = new StableHash();
    var buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.remaining() >= 8) {
      hash.word(buffer.getLong());
    }
    long last = (long) (data.length & 0xff) << 56;
    for (int shift = 0; buffer.hasRemaining(); shift += 8) {
      last |= (buffer.get() & 0xffL) << shift;
    }
    hash.word(last);
    hash.v2 ^= 0xee;
    long low = hash.finish();
    hash.v1 ^= 0xdd;
    return low * 3 + hash.finish();
  }

  private void word(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  private long finish() {
    round();
    round();
    round();
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
