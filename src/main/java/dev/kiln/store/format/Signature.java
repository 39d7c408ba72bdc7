package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.digest.Base64Text;
import dev.kiln.digest.ByteString;
import java.util.Base64;

/// A signature and the name of its key: `cache.example-1:BASE64`.
public record Signature(String keyName, ByteString bytes) {
  private static final int SIZE = 64;

  /// Reads a signature; current Nix refuses what is none.
  public static Signature parse(String text) throws KilnException {
    var named = NamedBytes.parse(text, "signature");
    if (named.bytes().length() != SIZE) {
      throw new KilnException("the signature '" + text + "' has not " + SIZE + " bytes");
    }
    return new Signature(named.name(), named.bytes());
  }

  @Override
  public String toString() {
    return new NamedBytes(keyName, bytes).toString();
  }

  /// A name, a colon, and base64: the form of keys and signatures.
  record NamedBytes(String name, ByteString bytes) {
    static NamedBytes parse(String text, String what) throws KilnException {
      var colon = text.indexOf(':');
      if (colon <= 0) {
        throw new KilnException("'" + text + "' is no " + what, "it has the form NAME:BASE64");
      }
      var bytes =
          Base64Text.decode(text.substring(colon + 1))
              .orElseThrow(() ->
                  new KilnException("'" + text + "' is no " + what, "it has the form NAME:BASE64"));
      return new NamedBytes(text.substring(0, colon), ByteString.of(bytes));
    }

    @Override
    public String toString() {
      return name + ":" + Base64.getEncoder().encodeToString(bytes.bytes());
    }
  }
}
