package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import java.util.Optional;
import java.util.TreeSet;

/// How an output gets its store path (nix-store.md §5.1).
public sealed interface DerivationOutput {

  /// By the derivation's inputs.
  record InputAddressed(StorePath path) implements DerivationOutput {}

  /// By contents that are known beforehand.
  record Fixed(ContentAddress address) implements DerivationOutput {
    /// Returns the output's path.
    public StorePath path(StoreDir store, String derivationName, String output)
        throws KilnException {
      var name = StorePaths.outputName(derivationName, output);
      return StorePaths.contentAddressed(store, name, address, new TreeSet<>(), false);
    }
  }

  /// By the contents that the build gives.
  record Floating(Method method, HashAlgorithm algorithm) implements DerivationOutput {}

  /// By the derivation's inputs, of which some are not built yet.
  record Deferred() implements DerivationOutput {}

  /// By the contents of a build that is never the same.
  record Impure(Method method, HashAlgorithm algorithm) implements DerivationOutput {}

  /// Returns the path, where it is known before the build.
  default Optional<StorePath> findPath(StoreDir store, String derivationName, String output)
      throws KilnException {
    return switch (this) {
      case InputAddressed(var path) -> Optional.of(path);
      case Fixed fixed -> Optional.of(fixed.path(store, derivationName, output));
      case Floating _, Deferred _, Impure _ -> Optional.empty();
    };
  }

  /// Reads the three texts of an output's tuple.
  static DerivationOutput of(StoreDir store, String derivationName, String output, Texts texts)
      throws KilnException {
    if (texts.algorithm().isEmpty()) {
      if (!texts.hash().isEmpty()) {
        throw new KilnException("output '" + output + "' has a hash without an algorithm");
      }
      return texts.path().isEmpty()
          ? new Deferred()
          : new InputAddressed(store.parse(texts.path()));
    }
    var method = method(texts.algorithm());
    var algorithm = algorithm(texts.algorithm());
    if (texts.hash().isEmpty() || texts.hash().equals("impure")) {
      if (!texts.path().isEmpty()) {
        throw new KilnException("output '" + output + "' has a path before it is built");
      }
      return texts.hash().isEmpty()
          ? new Floating(method, algorithm)
          : new Impure(method, algorithm);
    }
    var fixed = new Fixed(new ContentAddress(method, Digest.parse(texts.hash(), algorithm)));
    var path = store.resolve(fixed.path(store, derivationName, output));
    if (!texts.path().equals(path)) {
      var given = texts.path().isEmpty() ? ", and has no path" : ", not at " + texts.path();
      throw new KilnException("output '" + output + "' should be at " + path + given);
    }
    return fixed;
  }

  /// What a tuple holds beside the output's name: path, algorithm with its method, hash in base16.
  record Texts(String path, String algorithm, String hash) {}

  /// Returns the texts of this output's tuple.
  default Texts texts(StoreDir store, String derivationName, String output) throws KilnException {
    return switch (this) {
      case InputAddressed(var path) -> new Texts(store.resolve(path), "", "");
      case Fixed fixed ->
          new Texts(
              store.resolve(fixed.path(store, derivationName, output)),
              algorithm(fixed.address().method(), fixed.address().hash().algorithm()),
              fixed.address().hash().hex());
      case Floating(var method, var algorithm) -> new Texts("", algorithm(method, algorithm), "");
      case Deferred() -> new Texts("", "", "");
      case Impure(var method, var algorithm) ->
          new Texts("", algorithm(method, algorithm), "impure");
    };
  }

  private static String algorithm(Method method, HashAlgorithm algorithm) {
    return switch (method) {
          case FLAT -> "";
          case NAR -> "r:";
          case TEXT -> "text:";
        }
        + algorithm.nixName();
  }

  private static Method method(String text) {
    if (text.startsWith("r:")) {
      return Method.NAR;
    }
    return text.startsWith("text:") ? Method.TEXT : Method.FLAT;
  }

  private static HashAlgorithm algorithm(String text) throws KilnException {
    var algorithm =
        HashAlgorithm.find(text.substring(text.indexOf(':') + 1))
            .filter(found -> algorithm(method(text), found).equals(text))
            .orElseThrow(() -> new KilnException("unknown hash algorithm '" + text + "'"));
    if (method(text) == Method.TEXT && algorithm != HashAlgorithm.SHA256) {
      throw new KilnException("text outputs are hashed by sha256, not by '" + text + "'");
    }
    return algorithm;
  }
}
