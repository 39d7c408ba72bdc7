package dev.kiln.digest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Some bytes that people usually read as text: a file name, the target of a symbolic link, a value
/// in a derivation. Nix treats all of them as bytes, not as characters.
///
/// Ordered by unsigned bytes, as Nix sorts everything (nix-store.md §25.1).
public final class ByteString implements Comparable<ByteString> {
  public static final ByteString EMPTY = new ByteString(new byte[0]);

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Returns the UTF-8 bytes of a text.
  public static ByteString of(String text) {
    return new ByteString(text.getBytes(StandardCharsets.UTF_8));
  }

  public static ByteString of(byte[] bytes) {
    return new ByteString(bytes.clone());
  }

  public static ByteString of(byte[] bytes, int offset, int length) {
    return new ByteString(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public void writeTo(WritableByteChannel out) throws IOException {
    for (var left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
      out.write(left);
    }
  }

  public int length() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  public byte at(int index) {
    return bytes[index];
  }

  public boolean contains(byte value) {
    for (var b : bytes) {
      if (b == value) {
        return true;
      }
    }
    return false;
  }

  public boolean startsWith(ByteString prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  /// Returns the place of a part at or after `from`, or -1.
  public int indexOf(ByteString part, int from) {
    var length = part.bytes.length;
    for (var i = from; i + length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + length, part.bytes, 0, length)) {
        return i;
      }
    }
    return -1;
  }

  /// Returns the same bytes with every occurrence of a part exchanged, found from left to right.
  public ByteString replace(ByteString part, ByteString replacement) {
    var found = part.isEmpty() ? -1 : indexOf(part, 0);
    if (found < 0) {
      return this;
    }
    var result = new ByteArrayOutputStream(bytes.length);
    var done = 0;
    while (found >= 0) {
      result.write(bytes, done, found - done);
      result.writeBytes(replacement.bytes);
      done = found + part.length();
      found = indexOf(part, done);
    }
    result.write(bytes, done, bytes.length - done);
    return new ByteString(result.toByteArray());
  }

  /// Returns the text where the bytes are valid UTF-8.
  public Optional<String> findUtf8() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(ByteString other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// Returns the text for people; bytes that are not UTF-8 become replacement characters.
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
