package dev.kiln.derivation;

import dev.kiln.KilnException;
import dev.kiln.build.Invocation;
import dev.kiln.json.Json;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.derivation.Derivation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The text of a unit's derivation in Nix's ATerm format (design §2): real Nix parses it and
/// computes the same path.
///
/// `builder` is argv[0], `args` the rest, `env` the environment and one key `__kiln`, compact JSON
/// with sorted keys that says what the run sees; `inputSrcs` are the objects named there; outputs
/// are floating, `r:sha256`.
public final class UnitText {
  /// The key in the environment that holds what Nix's format has no place for.
  public static final String KEY = "__kiln";

  /// Raised whenever a run may give other bytes for the same derivation, such as when the fixed
  /// parts of the sandbox change.
  private static final String FORMAT = "1";

  private UnitText() {}

  /// Returns the bytes of the derivation on a system (`x86_64-linux`).
  public static byte[] of(UnitDerivation derivation, String system, StoreDir store) {
    var invocation = derivation.invocation();
    var env = new TreeMap<>(invocation.env());
    env.put(KEY, json(derivation, store));
    var outputs =
        derivation.outputs().stream()
            .sorted()
            .map(name -> "(" + quote(name) + ",\"\",\"r:sha256\",\"\")")
            .collect(Collectors.joining(",", "[", "]"));
    var sources =
        derivation.inputs().objects().stream()
            .map(object -> quote(store.resolve(object)))
            .collect(Collectors.joining(",", "[", "]"));
    var args =
        invocation.argv().stream()
            .skip(1)
            .map(UnitText::quote)
            .collect(Collectors.joining(",", "[", "]"));
    var variables =
        env.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> "(" + quote(e.getKey()) + "," + quote(e.getValue()) + ")")
            .collect(Collectors.joining(",", "[", "]"));
    var text =
        "Derive("
            + outputs
            + ",[],"
            + sources
            + ","
            + quote(system)
            + ","
            + quote(invocation.argv().getFirst())
            + ","
            + args
            + ","
            + variables
            + ")";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Reads what [#of] wrote.
  ///
  /// Throws [KilnException] where the derivation is no unit's, or of another format.
  public static UnitDerivation read(Derivation text, StoreDir store) throws KilnException {
    var env = new TreeMap<String, String>();
    text.environment().forEach((name, value) -> env.put(name.toString(), value.toString()));
    var kiln = env.remove(KEY);
    var json = kiln == null ? null : Json.parse(kiln);
    if (json == null || !json.require("format").asString().equals(FORMAT)) {
      throw new KilnException(
          text.name() + ".drv is no unit of this version of kiln",
          "`kiln store realise` runs other derivations");
    }
    var argv = new ArrayList<>(List.of(text.builder().toString()));
    text.arguments().forEach(argument -> argv.add(argument.toString()));
    var links = new TreeMap<String, SortedMap<String, StorePath>>();
    for (var directory : json.require("links").asObject().entrySet()) {
      links.put(directory.getKey(), objects(directory.getValue(), store));
    }
    var sysroot = json.find("sysroot");
    var inputs =
        new UnitDerivation.Inputs(
            objects(json.require("mounts"), store),
            links,
            objects(json.require("local"), store),
            sysroot.isPresent() ? sysroot.get().asString() : null);
    return new UnitDerivation(
        text.name(),
        new Invocation(argv, env, json.require("cwd").asString()),
        inputs,
        json.require("out").asString(),
        List.copyOf(text.outputs().keySet()));
  }

  private static SortedMap<String, StorePath> objects(Json json, StoreDir store)
      throws KilnException {
    var objects = new TreeMap<String, StorePath>();
    for (var entry : json.asObject().entrySet()) {
      objects.put(entry.getKey(), store.parse(entry.getValue().asString()));
    }
    return objects;
  }

  private static String json(UnitDerivation derivation, StoreDir store) {
    var inputs = derivation.inputs();
    var links = new TreeMap<String, Json>();
    inputs.links().forEach((directory, files) -> links.put(directory, paths(files, store)));
    var object = new TreeMap<String, Json>();
    object.put("cwd", Json.of(derivation.invocation().cwd()));
    object.put("format", Json.of(FORMAT));
    object.put("links", new Json.Obj(links));
    object.put("local", paths(inputs.local(), store));
    object.put("mounts", paths(inputs.trees(), store));
    object.put("out", Json.of(derivation.outDirectory()));
    if (inputs.sysroot() != null) {
      object.put("sysroot", Json.of(inputs.sysroot()));
    }
    return new Json.Obj(object).compact();
  }

  private static Json paths(SortedMap<String, StorePath> paths, StoreDir store) {
    var object = new TreeMap<String, Json>();
    paths.forEach((at, path) -> object.put(at, Json.of(store.resolve(path))));
    return new Json.Obj(object);
  }

  private static String quote(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
