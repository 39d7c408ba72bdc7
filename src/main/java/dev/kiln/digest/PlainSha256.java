package dev.kiln.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/// The JDK's SHA-256 without the rest of the JDK's own provider, whose hundred algorithms and their
/// object identifiers take ten milliseconds at each start: most commands need no other.
final class PlainSha256 extends Provider {
  private static final long serialVersionUID = 1L;

  private static final String TYPE = "MessageDigest";
  private static final String ALGORITHM = "SHA-256";
  private static final PlainSha256 PROVIDER = new PlainSha256();

  private final transient Service service =
      new Service(this, TYPE, ALGORITHM, "sun.security.provider.SHA2$SHA256", null, null);

  private PlainSha256() {
    super("kiln", "1", "SHA-256 alone");
  }

  /// Not from the table of the superclass, which tells the flight recorder of every question.
  @Override
  public @Nullable Service getService(String type, String algorithm) {
    return type.equals(TYPE) && algorithm.equals(ALGORITHM) ? service : null;
  }

  /// Returns a fresh hasher: that of another JDK where this one has the class elsewhere.
  static MessageDigest hasher() throws NoSuchAlgorithmException {
    try {
      return MessageDigest.getInstance(ALGORITHM, PROVIDER);
    } catch (NoSuchAlgorithmException e) {
      return MessageDigest.getInstance(ALGORITHM);
    }
  }
}
