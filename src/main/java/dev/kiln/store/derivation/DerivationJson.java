package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.json.Json;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The JSON of Nix 2.8's `nix show-derivation`.
final class DerivationJson {
  private DerivationJson() {}

  static Json write(StoreDir store, Derivation derivation) throws KilnException {
    derivation.check();
    var outputs = Json.object();
    for (var output : derivation.outputs().entrySet()) {
      outputs.put(output.getKey(), output(store, derivation, output.getKey()));
    }
    var inputs = Json.object();
    derivation
        .inputDerivations()
        .forEach((path, wanted) -> inputs.put(store.resolve(path), Json.strings(wanted)));
    var arguments = new ArrayList<String>();
    for (var argument : derivation.arguments()) {
      arguments.add(utf8(argument));
    }
    var variables = Json.object();
    for (var variable : derivation.environment().entrySet()) {
      variables.put(utf8(variable.getKey()), utf8(variable.getValue()));
    }
    return Json.object()
        .put("outputs", outputs.build())
        .put(
            "inputSrcs",
            Json.strings(derivation.inputSources().stream().map(store::resolve).toList()))
        .put("inputDrvs", inputs.build())
        .put("system", derivation.system())
        .put("builder", utf8(derivation.builder()))
        .put("args", Json.strings(arguments))
        .put("env", variables.build())
        .build();
  }

  private static Json output(StoreDir store, Derivation derivation, String name)
      throws KilnException {
    var output = derivation.outputs().get(name);
    var texts =
        output == null
            ? new DerivationOutput.Texts("", "", "")
            : output.texts(store, derivation.name(), name);
    var json = Json.object();
    if (!texts.path().isEmpty()) {
      json.put("path", texts.path());
    }
    if (!texts.algorithm().isEmpty()) {
      json.put("hashAlgo", texts.algorithm());
    }
    if (texts.hash().equals("impure")) {
      json.put("impure", true);
    } else if (!texts.hash().isEmpty()) {
      json.put("hash", texts.hash());
    }
    return json.build();
  }

  static Derivation read(StoreDir store, Json json) throws KilnException {
    var variables = new TreeMap<ByteString, ByteString>();
    for (var variable : json.require("env").asObject().entrySet()) {
      variables.put(
          ByteString.of(variable.getKey()), ByteString.of(variable.getValue().asString()));
    }
    var name = name(json);
    var outputs = new TreeMap<String, DerivationOutput>();
    for (var output : json.require("outputs").asObject().entrySet()) {
      outputs.put(output.getKey(), output(store, name, output.getKey(), output.getValue()));
    }
    var inputs = new TreeMap<StorePath, SortedSet<String>>();
    for (var input : json.require("inputDrvs").asObject().entrySet()) {
      inputs.put(store.parse(input.getKey()), new TreeSet<>(input.getValue().asStrings()));
    }
    var sources = new TreeSet<StorePath>();
    for (var source : json.require("inputSrcs").asStrings()) {
      sources.add(store.parse(source));
    }
    var derivation =
        new Derivation(
            name,
            outputs,
            inputs,
            sources,
            json.require("system").asString(),
            ByteString.of(json.require("builder").asString()),
            json.require("args").asStrings().stream().map(ByteString::of).toList(),
            variables);
    derivation.check();
    return derivation;
  }

  private static String name(Json json) throws KilnException {
    var name = json.find("name").or(() -> json.find("env").flatMap(env -> env.find("name")));
    if (name.isEmpty()) {
      throw new KilnException(
          "the JSON of a derivation does not say its name", "add a field \"name\"");
    }
    return name.get().asString();
  }

  private static DerivationOutput output(StoreDir store, String name, String output, Json json)
      throws KilnException {
    var algorithm = text(json, "hashAlgo");
    var hash = text(json, "hash");
    if (json.find("impure").isPresent() && json.require("impure").asBoolean()) {
      return DerivationOutput.of(
          store, name, output, new DerivationOutput.Texts("", algorithm, "impure"));
    }
    if (!hash.isEmpty()) {
      var named = HashAlgorithm.find(algorithm.substring(algorithm.lastIndexOf(':') + 1));
      hash = Digest.parse(hash, named.orElse(null)).hex();
    }
    return DerivationOutput.of(
        store, name, output, new DerivationOutput.Texts(text(json, "path"), algorithm, hash));
  }

  private static String text(Json json, String field) throws KilnException {
    var value = json.find(field);
    return value.isPresent() ? value.get().asString() : "";
  }

  private static String utf8(ByteString text) throws KilnException {
    return text.findUtf8()
        .orElseThrow(
            () -> new KilnException("'" + text + "' is not UTF-8 and has no place in JSON"));
  }
}
