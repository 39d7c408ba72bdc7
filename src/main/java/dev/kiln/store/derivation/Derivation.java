package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.json.Json;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import dev.kiln.store.derivation.DerivationOutput.Deferred;
import dev.kiln.store.derivation.DerivationOutput.Fixed;
import dev.kiln.store.derivation.DerivationOutput.Floating;
import dev.kiln.store.derivation.DerivationOutput.Impure;
import dev.kiln.store.derivation.DerivationOutput.InputAddressed;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What to build, as Nix writes it down (nix-store.md §5). `name` is without `.drv` and not part of
/// the text.
public record Derivation(
    String name,
    SortedMap<String, DerivationOutput> outputs,
    SortedMap<StorePath, SortedSet<String>> inputDerivations,
    SortedSet<StorePath> inputSources,
    String system,
    ByteString builder,
    List<ByteString> arguments,
    SortedMap<ByteString, ByteString> environment) {

  public Derivation {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    var inputs = new TreeMap<StorePath, SortedSet<String>>();
    inputDerivations.forEach((path, wanted) ->
        inputs.put(path, Collections.unmodifiableSortedSet(new TreeSet<>(wanted))));
    inputDerivations = Collections.unmodifiableSortedMap(inputs);
    inputSources = Collections.unmodifiableSortedSet(new TreeSet<>(inputSources));
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /// Reads the text of a `.drv` file; refuses every text that Nix would not have written.
  public static Derivation parse(StoreDir store, String name, byte[] text) throws KilnException {
    return new AtermReader(store, name, text).derivation();
  }

  /// Reads the JSON of one derivation in the shape of Nix 2.8. Its name is the field `name`, else
  /// the variable `name`.
  public static Derivation fromJson(StoreDir store, Json json) throws KilnException {
    return DerivationJson.read(store, json);
  }

  /// Returns the text of the `.drv` file.
  public byte[] aterm(StoreDir store) throws KilnException {
    check();
    return new AtermWriter(store, this).unmasked();
  }

  /// Returns the JSON in the shape and order of Nix 2.8's `show-derivation`, without the `.drv`
  /// path around it.
  public Json toJson(StoreDir store) throws KilnException {
    return DerivationJson.write(store, this);
  }

  /// Returns the `.drv` file's store path.
  public StorePath path(StoreDir store) throws KilnException {
    return StorePaths.text(store, name + ".drv", aterm(store), references());
  }

  /// Returns what the `.drv` file refers to: sources and input derivations, no outputs.
  public SortedSet<StorePath> references() {
    var references = new TreeSet<>(inputSources);
    references.addAll(inputDerivations.keySet());
    return references;
  }

  /// Answers whether nothing has to be built before.
  public boolean isBasic() {
    return inputDerivations.isEmpty();
  }

  /// Answers whether the contents are known beforehand.
  public boolean isFixed() {
    return outputs.values().stream().anyMatch(Fixed.class::isInstance);
  }

  /// Answers whether the outputs' paths come from what the build gives.
  public boolean isFloating() {
    return outputs.values().stream().anyMatch(Floating.class::isInstance);
  }

  Derivation with(
      SortedMap<String, DerivationOutput> changed, SortedMap<ByteString, ByteString> variables) {
    return new Derivation(
        name, changed, inputDerivations, inputSources, system, builder, arguments, variables);
  }

  /// Refuses what has no meaning or cannot be written (Nix: `BasicDerivation::type`).
  void check() throws KilnException {
    StorePath.checkName(name + ".drv");
    if (outputs.isEmpty()) {
      throw fault("has no output");
    }
    var kinds = outputs.values().stream().map(Derivation::kind).distinct().toList();
    if (kinds.size() > 1) {
      throw fault("has outputs of several kinds");
    }
    if (isFixed() && !(outputs.size() == 1 && outputs.containsKey("out"))) {
      throw fault("has a fixed output that is not its only one, named 'out'");
    }
    if (system.contains("\"") || system.contains("\\")) {
      throw fault("has a quote or backslash in its system");
    }
    for (var output : outputs.keySet()) {
      StorePath.checkName(StorePaths.outputName(name, output));
    }
    for (var input : inputDerivations.entrySet()) {
      if (!input.getKey().isDerivation()) {
        throw fault("has an input derivation that is none: " + input.getKey());
      }
      if (input.getValue().isEmpty()) {
        throw fault("wants no output of " + input.getKey());
      }
      for (var output : input.getValue()) {
        StorePath.checkName(output);
      }
    }
  }

  /// Floating outputs must agree in the algorithm only.
  private static Object kind(DerivationOutput output) {
    return switch (output) {
      case InputAddressed _ -> InputAddressed.class;
      case Fixed _ -> Fixed.class;
      case Floating(_, var algorithm) -> List.of(Floating.class, algorithm);
      case Deferred _ -> Deferred.class;
      case Impure(_, var algorithm) -> List.of(Impure.class, algorithm);
    };
  }

  private KilnException fault(String what) {
    return new KilnException("derivation '" + name + "' " + what);
  }
}
