package dev.kiln.store.derivation;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads the text of a `.drv` file. What printing would not give back byte for byte (unsorted,
/// doubled, escaped otherwise, followed by anything) is refused.
final class AtermReader {
  private final StoreDir store;
  private final String name;
  private final byte[] text;
  private int position;

  AtermReader(StoreDir store, String name, byte[] text) {
    this.store = store;
    this.name = name;
    this.text = text;
  }

  Derivation derivation() throws KilnException {
    expect("Derive(");
    var outputs = outputs();
    expect(",");
    var inputs = inputs();
    expect(",");
    var sources = new TreeSet<StorePath>();
    for (var source : strings()) {
      sources.add(store.parse(utf8(source)));
    }
    expect(",");
    var system = utf8(string());
    expect(",");
    var builder = string();
    expect(",");
    var arguments = strings();
    expect(",");
    var variables = variables();
    expect(")");
    var derivation =
        new Derivation(name, outputs, inputs, sources, system, builder, arguments, variables);
    if (!Arrays.equals(derivation.aterm(store), text)) {
      throw new KilnException(
          "the text of derivation '"
              + name
              + "' is not as Nix writes it: unsorted or doubled"
              + " entries, another escape, or something after its end");
    }
    return derivation;
  }

  private SortedMap<String, DerivationOutput> outputs() throws KilnException {
    var outputs = new TreeMap<String, DerivationOutput>();
    for (var more = open(); more; more = next()) {
      expect("(");
      var output = utf8(string());
      expect(",");
      var path = utf8(string());
      expect(",");
      var algorithm = utf8(string());
      expect(",");
      var texts = new DerivationOutput.Texts(path, algorithm, utf8(string()));
      expect(")");
      outputs.put(output, DerivationOutput.of(store, name, output, texts));
    }
    return outputs;
  }

  private SortedMap<StorePath, SortedSet<String>> inputs() throws KilnException {
    var inputs = new TreeMap<StorePath, SortedSet<String>>();
    for (var more = open(); more; more = next()) {
      expect("(");
      var path = store.parse(utf8(string()));
      expect(",");
      var outputs = new TreeSet<String>();
      for (var output : strings()) {
        outputs.add(utf8(output));
      }
      inputs.put(path, outputs);
      expect(")");
    }
    return inputs;
  }

  private SortedMap<ByteString, ByteString> variables() throws KilnException {
    var variables = new TreeMap<ByteString, ByteString>();
    for (var more = open(); more; more = next()) {
      expect("(");
      var variable = string();
      expect(",");
      variables.put(variable, string());
      expect(")");
    }
    return variables;
  }

  private List<ByteString> strings() throws KilnException {
    var strings = new ArrayList<ByteString>();
    for (var more = open(); more; more = next()) {
      strings.add(string());
    }
    return strings;
  }

  private boolean open() throws KilnException {
    expect("[");
    if (peek() == ']') {
      position++;
      return false;
    }
    return true;
  }

  private boolean next() throws KilnException {
    if (peek() == ']') {
      position++;
      return false;
    }
    expect(",");
    return true;
  }

  private ByteString string() throws KilnException {
    expect("\"");
    var value = new ByteArrayOutputStream();
    while (true) {
      var c = peek();
      position++;
      switch (c) {
        case '"' -> {
          return ByteString.of(value.toByteArray());
        }
        case '\\' -> value.write(escaped());
        default -> value.write(c);
      }
    }
  }

  private int escaped() throws KilnException {
    var c = peek();
    position++;
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  private String utf8(ByteString text) throws KilnException {
    return text.findUtf8().orElseThrow(() -> malformed("text that is not UTF-8"));
  }

  private void expect(String word) throws KilnException {
    for (var c : word.getBytes(StandardCharsets.US_ASCII)) {
      if (peek() != c) {
        throw malformed("no '" + word + "'");
      }
      position++;
    }
  }

  private int peek() throws KilnException {
    if (position >= text.length) {
      throw malformed("an early end");
    }
    return text[position];
  }

  private KilnException malformed(String what) {
    return new KilnException(
        "malformed derivation '" + name + "': " + what + " at byte " + position);
  }
}
