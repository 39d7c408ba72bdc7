package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.format.Signature.NamedBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/// The public half of an Ed25519 key, with its name (nix-store.md §15.4).
public record PublicKey(String name, ByteString bytes) {
  static final int SIZE = 32;

  /// Reads `NAME:BASE64`.
  public static PublicKey parse(String text) throws KilnException {
    var named = NamedBytes.parse(text.strip(), "public key");
    if (named.bytes().length() != SIZE) {
      throw new KilnException("the public key '" + named.name() + "' has not " + SIZE + " bytes");
    }
    return new PublicKey(named.name(), named.bytes());
  }

  static PublicKey of(String name, EdECPublicKey key) {
    var bytes = new byte[SIZE];
    var y = key.getPoint().getY().toByteArray();
    for (var i = 0; i < Math.min(y.length, SIZE); i++) {
      bytes[i] = y[y.length - 1 - i];
    }
    if (key.getPoint().isXOdd()) {
      bytes[SIZE - 1] |= (byte) 0x80;
    }
    return new PublicKey(name, ByteString.of(bytes));
  }

  /// Answers whether a signature of some bytes was made with this key's other half. The names must
  /// agree too.
  public boolean verifies(Signature signature, byte[] signed) {
    if (!signature.keyName().equals(name)) {
      return false;
    }
    try {
      var verifier = java.security.Signature.getInstance("Ed25519");
      verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(spec()));
      verifier.update(signed);
      return verifier.verify(signature.bytes().bytes());
    } catch (GeneralSecurityException e) {
      return false; // the key is no point of the curve, or the signature is malformed
    }
  }

  private EdECPublicKeySpec spec() {
    var bigEndian = new byte[SIZE];
    for (var i = 0; i < SIZE; i++) {
      bigEndian[i] = bytes.at(SIZE - 1 - i);
    }
    var isXOdd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    var point = new EdECPoint(isXOdd, new BigInteger(1, bigEndian));
    return new EdECPublicKeySpec(NamedParameterSpec.ED25519, point);
  }

  @Override
  public String toString() {
    return new NamedBytes(name, bytes).toString();
  }
}
