package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.DerivationOutput;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/// Shows derivations as JSON and adds them from JSON or their text, as `nix show-derivation` and
/// `nix derivation add` do.
public final class DerivationOperation {
  private static final String ATERM = "Derive(";

  private final Store store;

  public DerivationOperation(Store store) {
    this.store = store;
  }

  /// Returns an object of derivations by their paths. What is no derivation stands for its deriver;
  /// with `recursive` all input derivations come too.
  public Json show(Collection<StorePath> paths, boolean recursive) throws KilnException {
    var derivations = new TreeSet<StorePath>();
    for (var path : paths) {
      derivations.add(derivation(path));
    }
    if (recursive) {
      var closure = new StoreGraph(store).closure(derivations);
      closure.stream().filter(StorePath::isDerivation).forEach(derivations::add);
    }
    var json = Json.object();
    for (var path : derivations) {
      json.put(
          store.storeDir().resolve(path),
          DerivationFiles.read(store, path).toJson(store.storeDir()));
    }
    return json.build();
  }

  private StorePath derivation(StorePath path) throws KilnException {
    if (path.isDerivation()) {
      return path;
    }
    var deriver = store.requireInfo(path).deriver();
    if (deriver == null) {
      throw new KilnException(
          "'" + store.storeDir().resolve(path) + "' does not have a known deriver");
    }
    return deriver;
  }

  /// Adds a derivation. `name` is what one in ATerm is called, else its variable `name` is. Input
  /// derivations and sources must be valid, and output paths the right ones.
  public StorePath add(byte[] input, String name) throws KilnException {
    var text = new String(input, StandardCharsets.ISO_8859_1);
    var given = text.startsWith(ATERM) ? fromText(input, name) : fromJson(input);
    var hashes = new DerivationHashes(store.storeDir(), path -> DerivationFiles.read(store, path));
    var isOpen =
        given.outputs().values().stream().anyMatch(DerivationOutput.Deferred.class::isInstance);
    var derivation = isOpen ? hashes.withOutputPaths(given) : given;
    hashes.check(derivation);
    return store.addText(
        derivation.name() + ".drv", derivation.aterm(store.storeDir()), derivation.references());
  }

  private Derivation fromText(byte[] input, String name) throws KilnException {
    if (!name.isEmpty()) {
      return Derivation.parse(store.storeDir(), name, input);
    }
    var variable = new String(input, StandardCharsets.ISO_8859_1);
    var start = variable.lastIndexOf("(\"name\",\"");
    var end = variable.indexOf("\")", start + 9);
    if (start < 0 || end < 0) {
      throw new KilnException(
          "the derivation does not say what it is called", "give its name with --name NAME");
    }
    return Derivation.parse(store.storeDir(), variable.substring(start + 9, end), input);
  }

  /// Takes one derivation, or what [#show] gives for one.
  private Derivation fromJson(byte[] input) throws KilnException {
    var json = Json.parse(input);
    if (json instanceof Json.Obj(var fields) && fields.size() == 1) {
      var only = fields.entrySet().iterator().next();
      if (only.getKey().endsWith(".drv")) {
        var name = store.storeDir().parse(only.getKey()).name();
        var named =
            new Json.Obj(
                withName(only.getValue(), name.substring(0, name.length() - ".drv".length())));
        return Derivation.fromJson(store.storeDir(), named);
      }
    }
    return Derivation.fromJson(store.storeDir(), json);
  }

  private static Map<String, Json> withName(Json derivation, String name) {
    var fields = new LinkedHashMap<String, Json>();
    if (derivation instanceof Json.Obj(var given)) {
      fields.putAll(given);
    }
    fields.put("name", Json.of(name));
    return fields;
  }
}
