package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.StoreDir;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Writes a derivation as Nix does (`aterm.cc`): everything sorted, five escapes, and those only in
/// builder, arguments and environment.
final class AtermWriter {
  private final StoreDir store;
  private final Derivation derivation;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

  AtermWriter(StoreDir store, Derivation derivation) {
    this.store = store;
    this.derivation = derivation;
  }

  byte[] unmasked() throws KilnException {
    var inputs = new TreeMap<String, SortedSet<String>>();
    derivation
        .inputDerivations()
        .forEach((path, outputs) -> inputs.put(store.resolve(path), outputs));
    return write(inputs, false);
  }

  /// Writes the text that is hashed: other names for the input derivations, and where `masked` no
  /// paths of the outputs and no variables of their names.
  byte[] write(SortedMap<String, ? extends SortedSet<String>> inputs, boolean masked)
      throws KilnException {
    raw("Derive([");
    outputs(masked);
    raw("],[");
    var first = true;
    for (var input : inputs.entrySet()) {
      raw(first ? "(" : ",(");
      first = false;
      quoted(input.getKey());
      raw(",[");
      quoted(input.getValue());
      raw("])");
    }
    raw("],[");
    quoted(derivation.inputSources().stream().map(store::resolve).toList());
    raw("],");
    quoted(derivation.system());
    raw(",");
    escaped(derivation.builder());
    raw(",[");
    first = true;
    for (var argument : derivation.arguments()) {
      raw(first ? "" : ",");
      first = false;
      escaped(argument);
    }
    raw("],[");
    variables(masked);
    raw("])");
    return out.toByteArray();
  }

  private void outputs(boolean masked) throws KilnException {
    var first = true;
    for (var output : derivation.outputs().entrySet()) {
      var texts = output.getValue().texts(store, derivation.name(), output.getKey());
      raw(first ? "(" : ",(");
      first = false;
      quoted(output.getKey());
      raw(",");
      quoted(masked ? "" : texts.path());
      raw(",");
      quoted(texts.algorithm());
      raw(",");
      quoted(texts.hash());
      raw(")");
    }
  }

  private void variables(boolean masked) {
    var first = true;
    for (var variable : derivation.environment().entrySet()) {
      raw(first ? "(" : ",(");
      first = false;
      escaped(variable.getKey());
      raw(",");
      var hidden = masked && derivation.outputs().containsKey(variable.getKey().toString());
      escaped(hidden ? ByteString.EMPTY : variable.getValue());
      raw(")");
    }
  }

  private void quoted(Collection<String> texts) {
    var first = true;
    for (var text : texts) {
      raw(first ? "" : ",");
      first = false;
      quoted(text);
    }
  }

  private void quoted(String text) {
    out.write('"');
    raw(text);
    out.write('"');
  }

  private void escaped(ByteString text) {
    out.write('"');
    for (var b : text.bytes()) {
      switch (b) {
        case '"', '\\' -> escape(b);
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        case '\t' -> escape('t');
        default -> out.write(b);
      }
    }
    out.write('"');
  }

  private void escape(int letter) {
    out.write('\\');
    out.write(letter);
  }

  private void raw(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
