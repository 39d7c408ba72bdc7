package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import dev.kiln.store.derivation.DerivationOutput.Deferred;
import dev.kiln.store.derivation.DerivationOutput.Fixed;
import dev.kiln.store.derivation.DerivationOutput.Floating;
import dev.kiln.store.derivation.DerivationOutput.Impure;
import dev.kiln.store.derivation.DerivationOutput.InputAddressed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Hashes derivations modulo the way in which their fixed-output inputs are fetched, and computes
/// the paths of outputs from that (nix-store.md §6; Nix: `hashDerivationModulo`).
///
/// Remembers every derivation that it has seen, so that ladders of diamonds take no exponential
/// time; walks without recursion, so that long chains take no stack. Not for several threads.
public final class DerivationHashes {
  /// Where derivations come from.
  public interface Source {
    Derivation require(StorePath derivation) throws KilnException;
  }

  /// The hash of each output. `deferred` says that some output's path is known only after a build,
  /// so that the hashes name no paths.
  public record Modulo(SortedMap<String, Digest> outputs, boolean deferred) {
    public Modulo {
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }

    private static Modulo same(Derivation derivation, Digest hash, boolean deferred) {
      var outputs = new TreeMap<String, Digest>();
      derivation.outputs().keySet().forEach(output -> outputs.put(output, hash));
      return new Modulo(outputs, deferred);
    }
  }

  private final StoreDir store;
  private final Source source;
  private final Map<StorePath, Modulo> asInput = new HashMap<>();

  public DerivationHashes(StoreDir store, Source source) {
    this.store = store;
    this.source = source;
  }

  /// Returns the hash that names the derivation's own outputs: with their paths masked.
  public Modulo masked(Derivation derivation) throws KilnException {
    hashInputs(derivation);
    return hash(derivation, true);
  }

  /// Returns the derivation with the paths of its input-addressed outputs filled in, where they can
  /// be known already; variables of the outputs' names, where there are any, get them too (an
  /// evaluator leaves them empty until then).
  public Derivation withOutputPaths(Derivation derivation) throws KilnException {
    var modulo = masked(derivation);
    var outputs = new TreeMap<String, DerivationOutput>();
    var variables = new TreeMap<>(derivation.environment());
    for (var output : derivation.outputs().entrySet()) {
      var filled = fill(derivation, output.getKey(), output.getValue(), modulo);
      outputs.put(output.getKey(), filled);
      var variable = ByteString.of(output.getKey());
      if (filled instanceof InputAddressed(var path) && variables.containsKey(variable)) {
        variables.put(variable, ByteString.of(store.resolve(path)));
      }
    }
    return derivation.with(outputs, variables);
  }

  private DerivationOutput fill(
      Derivation derivation, String name, DerivationOutput output, Modulo modulo)
      throws KilnException {
    return switch (output) {
      case InputAddressed _, Deferred _ ->
          modulo.deferred()
              ? new Deferred()
              : new InputAddressed(
                  StorePaths.output(store, derivation.name(), name, hashOf(modulo, name)));
      case Fixed _, Floating _, Impure _ -> output;
    };
  }

  /// Refuses a derivation that claims other output paths than its own, or whose builder would hear
  /// of others (Nix: `checkDerivationOutputs`).
  public void check(Derivation derivation) throws KilnException {
    var right = withOutputPaths(derivation);
    for (var output : derivation.outputs().entrySet()) {
      var expected = right.outputs().get(output.getKey());
      if (!output.getValue().equals(expected)) {
        throw new KilnException(
            "derivation '"
                + derivation.name()
                + "' has a wrong path for its output '"
                + output.getKey()
                + "'",
            "do not write output paths by hand");
      }
      var path = output.getValue().findPath(store, derivation.name(), output.getKey());
      if (path.isPresent()) {
        checkVariable(derivation, output.getKey(), store.resolve(path.get()));
      }
    }
  }

  private static void checkVariable(Derivation derivation, String output, String path)
      throws KilnException {
    var variable = derivation.environment().get(ByteString.of(output));
    if (variable == null || !variable.equals(ByteString.of(path))) {
      throw new KilnException(
          "derivation '%s' has a wrong environment variable '%s', which should be '%s'"
              .formatted(derivation.name(), output, path));
    }
  }

  private static Digest hashOf(Modulo modulo, String output) throws KilnException {
    var hash = modulo.outputs().get(output);
    if (hash == null) {
      throw new KilnException("a derivation has no output '" + output + "' that another one wants");
    }
    return hash;
  }

  private Modulo hash(Derivation derivation, boolean masked) throws KilnException {
    if (derivation.outputs().get("out") instanceof Fixed fixed) {
      return Modulo.same(derivation, fixedHash(derivation, fixed), false);
    }
    if (derivation.outputs().values().stream().anyMatch(Impure.class::isInstance)) {
      return Modulo.same(derivation, sha256("impure"), true);
    }
    var deferred =
        derivation.outputs().values().stream()
            .anyMatch(
                output -> output instanceof Floating || (!masked && output instanceof Deferred));
    var inputs = new TreeMap<String, SortedSet<String>>();
    for (var input : derivation.inputDerivations().entrySet()) {
      var modulo = asInput.get(input.getKey());
      if (modulo == null) {
        throw new IllegalStateException("inputs are hashed first");
      }
      deferred |= modulo.deferred();
      for (var output : input.getValue()) {
        var hash = hashOf(modulo, output).hex();
        inputs.computeIfAbsent(hash, _ -> new TreeSet<>()).add(output);
      }
    }
    var text = new AtermWriter(store, derivation).write(inputs, masked);
    return Modulo.same(derivation, Digest.sha256(text), deferred);
  }

  /// Ends in the output's path, unlike the fingerprint of the path itself.
  private Digest fixedHash(Derivation derivation, Fixed fixed) throws KilnException {
    var texts = fixed.texts(store, derivation.name(), "out");
    return sha256("fixed:out:" + texts.algorithm() + ":" + texts.hash() + ":" + texts.path());
  }

  private void hashInputs(Derivation derivation) throws KilnException {
    var waiting = new ArrayDeque<>(derivation.inputDerivations().keySet());
    var onTheWay = new HashMap<StorePath, Derivation>();
    while (!waiting.isEmpty()) {
      var path = waiting.element();
      if (asInput.containsKey(path)) {
        waiting.remove();
        continue;
      }
      var seen = onTheWay.get(path);
      if (seen != null) {
        asInput.put(path, hash(seen, false));
        waiting.remove();
        continue;
      }
      var input = source.require(path);
      onTheWay.put(path, input);
      if (!input.isFixed()) {
        for (var next : input.inputDerivations().keySet()) {
          if (!asInput.containsKey(next)) {
            if (onTheWay.containsKey(next)) {
              throw new KilnException("derivations depend on each other in a circle: " + next);
            }
            waiting.push(next);
          }
        }
      }
    }
  }

  private static Digest sha256(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
