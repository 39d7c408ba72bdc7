package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.format.Signature.NamedBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/// An Ed25519 key that signs, with its name. Its file holds the seed and the public half
/// (nix-store.md §15.4).
public final class SecretKey {
  private static final int SIZE = 64;

  private final String name;
  private final byte[] seed;
  private final PublicKey publicKey;

  private SecretKey(String name, byte[] seed, PublicKey publicKey) {
    this.name = name;
    this.seed = seed;
    this.publicKey = publicKey;
  }

  /// Makes a new key.
  public static SecretKey generate(String name) throws KilnException {
    if (name.isEmpty() || name.contains(":") || name.chars().anyMatch(Character::isWhitespace)) {
      throw new KilnException(
          "'" + name + "' cannot be the name of a key", "choose one such as cache.example.org-1");
    }
    try {
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      var seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      return new SecretKey(name, seed, PublicKey.of(name, (EdECPublicKey) pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /// Reads a key file's text; refuses halves that do not belong together.
  public static SecretKey parse(String text) throws KilnException {
    var named = NamedBytes.parse(text.strip(), "secret key");
    var bytes = named.bytes().bytes();
    if (bytes.length != SIZE) {
      throw new KilnException("the secret key '" + named.name() + "' has not " + SIZE + " bytes");
    }
    var half = ByteString.of(bytes, PublicKey.SIZE, SIZE - PublicKey.SIZE);
    var key =
        new SecretKey(
            named.name(), Arrays.copyOf(bytes, PublicKey.SIZE), new PublicKey(named.name(), half));
    var probe = "probe".getBytes(StandardCharsets.US_ASCII);
    if (!key.publicKey.verifies(key.sign(probe), probe)) {
      throw new KilnException(
          "the halves of the secret key '" + named.name() + "' do not belong together");
    }
    return key;
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  /// Signs some bytes. The same bytes always get the same signature.
  public Signature sign(byte[] bytes) {
    try {
      var key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
      var signer = java.security.Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(bytes);
      return new Signature(name, ByteString.of(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /// Returns the key file's text, without a line feed.
  public String secretText() {
    var bytes = new ByteArrayOutputStream(SIZE);
    bytes.writeBytes(seed);
    bytes.writeBytes(publicKey.bytes().bytes());
    return new NamedBytes(name, ByteString.of(bytes.toByteArray())).toString();
  }

  private static IllegalStateException missing(GeneralSecurityException e) {
    return new IllegalStateException("every JDK has Ed25519", e);
  }
}
