package dev.kiln.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;

/// The JDK's SHA-256 without the rest of the JDK's own provider, whose hundred algorithms and their
/// object identifiers take ten milliseconds at each start: most commands need no other.
final class PlainSha256 extends Provider {
  private static final long serialVersionUID = 1L;

  private static final PlainSha256 PROVIDER = new PlainSha256();

  private PlainSha256() {
    super("kiln", "1", "SHA-256 alone");
    putService(
        new Service(
            this, "MessageDigest", "SHA-256", "sun.security.provider.SHA2$SHA256", null, null));
  }

  /// Returns a fresh hasher: that of another JDK where this one has the class elsewhere.
  static MessageDigest hasher() throws NoSuchAlgorithmException {
    try {
      return MessageDigest.getInstance("SHA-256", PROVIDER);
    } catch (NoSuchAlgorithmException e) {
      return MessageDigest.getInstance("SHA-256");
    }
  }
}
