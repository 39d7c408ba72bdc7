package dev.kiln.cli;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The random numbers of Python, with which the generator of the vectors draws words that are in no
/// vector: `random.Random(sha256(SEED, NUL, label))`, a Mersenne Twister.
final class PythonRandom {
  private static final int SIZE = 624;
  private static final int MIDDLE = 397;

  private final int[] state = new int[SIZE];
  private int next = SIZE;

  PythonRandom(String seed, String label) throws NoSuchAlgorithmException {
    var text = (seed + "\0" + label).getBytes(StandardCharsets.UTF_8);
    var key = MessageDigest.getInstance("SHA-256").digest(text);
    var all = new byte[key.length + 64];
    System.arraycopy(key, 0, all, 0, key.length);
    System.arraycopy(MessageDigest.getInstance("SHA-512").digest(key), 0, all, key.length, 64);
    initialise(words(new BigInteger(1, all)));
  }

  private static int[] words(BigInteger number) {
    var words = new int[(number.bitLength() + 31) / 32];
    for (var i = 0; i < words.length; i++) {
      words[i] = number.shiftRight(32 * i).intValue();
    }
    return words;
  }

  private void initialise(int[] key) {
    state[0] = 19_650_218;
    for (var i = 1; i < SIZE; i++) {
      state[i] = 1_812_433_253 * mixed(i) + i;
    }
    var i = 1;
    for (var k = 0; k < Math.max(SIZE, key.length); k++) {
      var j = k % key.length;
      state[i] = (state[i] ^ mixed(i) * 1_664_525) + key[j] + j;
      i = after(i);
    }
    for (var k = 1; k < SIZE; k++) {
      state[i] = (state[i] ^ mixed(i) * 1_566_083_941) - i;
      i = after(i);
    }
    state[0] = 0x80000000;
  }

  private int mixed(int i) {
    return state[i - 1] ^ (state[i - 1] >>> 30);
  }

  private int after(int i) {
    if (i + 1 < SIZE) {
      return i + 1;
    }
    state[0] = state[SIZE - 1];
    return 1;
  }

  private int word() {
    if (next == SIZE) {
      for (var i = 0; i < SIZE; i++) {
        var y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
        state[i] = state[(i + MIDDLE) % SIZE] ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
      }
      next = 0;
    }
    var y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /// Draws lower-case letters, as the generator's `rword` does.
  String letters(int length) {
    var letters = new StringBuilder();
    while (letters.length() < length) {
      var letter = word() >>> 27;
      if (letter < 26) {
        letters.append((char) ('a' + letter));
      }
    }
    return letters.toString();
  }
}
