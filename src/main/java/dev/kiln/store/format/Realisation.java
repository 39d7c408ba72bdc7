package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.store.StorePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The fact that an output of a derivation turned out to be a path, in the form of current Nix
/// (nix-store.md §7).
public record Realisation(
    StorePath derivation, String output, StorePath path, List<String> signatures) {
  public Realisation {
    signatures = List.copyOf(signatures);
  }

  /// Reads the JSON; refuses other fields, which are another version's.
  public static Realisation parse(String text) throws KilnException {
    var json = Json.parse(text);
    var key = fields(json, "key", Set.of("drvPath", "outputName"));
    var value = fields(json, "value", Set.of("outPath", "signatures"));
    if (!json.asObject().keySet().equals(Set.of("key", "value"))) {
      throw new KilnException("a realisation has other fields than 'key' and 'value'");
    }
    var derivation = StorePath.parse(key.require("drvPath").asString());
    if (!derivation.isDerivation()) {
      throw new KilnException("a realisation of " + derivation + ", which is no derivation");
    }
    var output = key.require("outputName").asString();
    StorePath.checkName(output);
    var signatures = new ArrayList<String>();
    var listed = value.find("signatures");
    if (listed.isPresent()) {
      for (var signature : listed.get().asStrings()) {
        signatures.add(Signature.parse(signature).toString());
      }
    }
    var path = StorePath.parse(value.require("outPath").asString());
    return new Realisation(derivation, output, path, signatures);
  }

  private static Json fields(Json json, String name, Set<String> known) throws KilnException {
    var object = json.require(name);
    for (var field : object.asObject().keySet()) {
      if (!known.contains(field)) {
        throw new KilnException("a realisation has an unknown field '" + field + "'");
      }
    }
    return object;
  }

  /// Returns the compact JSON.
  public String text() {
    return Json.object().put("key", key()).put("value", value(true)).build().compact();
  }

  /// Returns the bytes that are signed: everything but the signatures.
  public byte[] fingerprint() {
    var json = Json.object().put("key", key()).put("value", value(false)).build();
    return json.compact().getBytes(StandardCharsets.UTF_8);
  }

  /// Merges what is known of the same output; nothing where the two disagree about its path.
  public Optional<Realisation> merge(Realisation other) {
    if (!derivation.equals(other.derivation)
        || !output.equals(other.output)
        || !path.equals(other.path)) {
      return Optional.empty();
    }
    var all = new TreeSet<>(signatures);
    all.addAll(other.signatures);
    return Optional.of(new Realisation(derivation, output, path, List.copyOf(all)));
  }

  private Json key() {
    return Json.object().put("drvPath", derivation.baseName()).put("outputName", output).build();
  }

  private Json value(boolean signed) {
    var value = Json.object().put("outPath", path.baseName());
    if (signed) {
      value.put("signatures", Json.strings(new TreeSet<>(signatures)));
    }
    return value.build();
  }
}
