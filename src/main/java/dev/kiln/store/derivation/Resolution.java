package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns a derivation whose inputs are built into a basic one (nix-store.md §7; Nix: `tryResolve`).
public final class Resolution {
  /// What the outputs of derivations turned out to be.
  public interface Realised {
    StorePath require(StorePath derivation, String output) throws KilnException;
  }

  private Resolution() {}

  /// Returns the derivation with the outputs that it wants as sources, their placeholders replaced
  /// by their paths, and the paths of deferred outputs known.
  public static Derivation resolve(StoreDir store, Derivation derivation, Realised realised)
      throws KilnException {
    var sources = new TreeSet<>(derivation.inputSources());
    var rewrites = new LinkedHashMap<ByteString, ByteString>();
    for (var input : derivation.inputDerivations().entrySet()) {
      for (var output : input.getValue()) {
        var path = realised.require(input.getKey(), output);
        sources.add(path);
        rewrites.put(
            Placeholders.upstream(input.getKey(), output), ByteString.of(store.resolve(path)));
      }
    }
    var variables = new TreeMap<ByteString, ByteString>();
    derivation
        .environment()
        .forEach((name, value) -> variables.put(rewrite(name, rewrites), rewrite(value, rewrites)));
    var basic =
        new Derivation(
            derivation.name(),
            derivation.outputs(),
            new TreeMap<>(),
            sources,
            derivation.system(),
            rewrite(derivation.builder(), rewrites),
            derivation.arguments().stream().map(text -> rewrite(text, rewrites)).toList(),
            variables);
    var isDeferred =
        basic.outputs().values().stream().anyMatch(DerivationOutput.Deferred.class::isInstance);
    return isDeferred ? withoutInputs(store).withOutputPaths(basic) : basic;
  }

  private static DerivationHashes withoutInputs(StoreDir store) {
    return new DerivationHashes(
        store,
        path -> {
          throw new IllegalStateException("a basic derivation has no input " + path);
        });
  }

  private static ByteString rewrite(ByteString text, Map<ByteString, ByteString> rewrites) {
    var rewritten = text;
    for (var rewrite : rewrites.entrySet()) {
      rewritten = rewritten.replace(rewrite.getKey(), rewrite.getValue());
    }
    return rewritten;
  }
}
