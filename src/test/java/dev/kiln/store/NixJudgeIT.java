package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import dev.kiln.store.derivation.DerivationOutput;
import dev.kiln.store.format.ExportEntry;
import dev.kiln.store.format.ExportReader;
import dev.kiln.store.format.ExportWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix beside kiln on random inputs: trees, derivation graphs, export streams.
@Needs({"nix-store", "nix-instantiate"})
@Timeout(240)
class NixJudgeIT {
  private static final StoreDir STORE = new StoreDir("/nix/store");
  private static final TreeSet<StorePath> NONE = new TreeSet<>();
  private static final int TREES = 300;
  private static final int GRAPHS = 50;
  private static final String[] ODD = {
    "é",
    "日本",
    "a b",
    "-x",
    ".hidden",
    "A",
    "a",
    "aa",
    "a.b",
    "\uffee",
    "😀",
    "tab\t",
    "q\"q",
    "b\\",
    "~",
    "%41",
    "*",
    "new\nline"
  };

  @TempDir private Path scratch;

  @Test
  void treesHaveTheSameArchivesAndPaths() throws Exception {
    var trees = trees(1, TREES);
    var paths = add(trees);
    for (var i = 0; i < trees.size(); i++) {
      var tree = trees.get(i);
      var nar = new ByteArrayOutputStream();
      NarWriter.dump(tree, nar);
      assertThat(nar.toByteArray()).as("%s", tree).isEqualTo(nix("nix-store", "--dump", tree));
      assertThat(source(tree)).isEqualTo(paths.get(i));
      var back = scratch.resolve("back-" + i);
      NarReader.restore(new ByteArrayInputStream(nar.toByteArray()), back);
      assertThat(NarWriter.hash(back)).isEqualTo(NarWriter.hash(tree));
    }
    System.out.println("nix: " + TREES + " trees equal");
  }

  @Test
  void exportStreamsGoBothWays() throws Exception {
    var trees = trees(2, 20);
    var paths = add(trees);
    var command = new ArrayList<Object>(List.of("nix-store", "--store", root(), "--export"));
    paths.forEach(path -> command.add(STORE.resolve(path)));
    var exported = nix(command.toArray());
    var again = new ByteArrayOutputStream();
    var reader = new ExportReader(STORE, new ByteArrayInputStream(exported));
    var writer = new ExportWriter(STORE, again);
    for (var count = 0; reader.hasNext(); count++) {
      var place = scratch.resolve("imported-" + count);
      writer.write(reader.read(place).entry(), out -> NarWriter.dump(place, out));
    }
    writer.finish();
    assertThat(again.toByteArray()).isEqualTo(exported);

    var own = Files.newOutputStream(scratch.resolve("own"));
    var exporter = new ExportWriter(STORE, own);
    for (var tree : trees) {
      exporter.write(new ExportEntry(source(tree), NONE, null), out -> NarWriter.dump(tree, out));
    }
    exporter.finish();
    own.close();
    var other = scratch.resolve("other-root");
    var imported = nixWith(scratch.resolve("own"), "nix-store", "--store", other, "--import");
    assertThat(lines(imported))
        .containsExactlyElementsOf(trees.stream().map(this::logical).toList());
    nix("nix-store", "--store", other, "--verify", "--check-contents");
  }

  @Test
  void derivationGraphsHaveTheSamePaths() throws Exception {
    var expression = new StringBuilder("[\n");
    var expected = new ArrayList<String>();
    for (var seed = 0; seed < GRAPHS; seed++) {
      var graph = new Graph(seed);
      expression.append(graph.expression()).append('\n');
      expected.add(STORE.resolve(graph.last().path(STORE)));
    }
    var file = scratch.resolve("graphs.nix");
    Files.writeString(file, expression.append("]\n"));
    assertThat(
            lines(nix("nix-instantiate", "--store", root(), file)).stream()
                .map(line -> line.replaceAll("!.*", ""))
                .toList())
        .isEqualTo(expected);
    System.out.println("nix: " + GRAPHS + " derivation graphs equal");
  }

  private String logical(Path tree) {
    try {
      return STORE.resolve(source(tree));
    } catch (IOException | KilnException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StorePath source(Path tree) throws IOException, KilnException {
    var name = Objects.requireNonNull(tree.getFileName()).toString();
    return StorePaths.source(STORE, name, NarWriter.hash(tree).hash(), NONE, false);
  }

  private Path root() {
    return scratch.resolve("root");
  }

  private List<StorePath> add(List<Path> trees) throws Exception {
    var command = new ArrayList<Object>(List.of("nix-store", "--store", root(), "--add"));
    command.addAll(trees);
    var paths = new ArrayList<StorePath>();
    for (var line : lines(nix(command.toArray()))) {
      paths.add(STORE.parse(line));
    }
    return paths;
  }

  private List<Path> trees(int seed, int count) throws IOException {
    var random = new SplittableRandom(seed);
    var trees = new ArrayList<Path>();
    for (var i = 0; i < count; i++) {
      var tree = scratch.resolve("tree-" + seed + "-" + i);
      node(tree, random, i % 17 == 0 ? 40 : 3);
      trees.add(tree);
    }
    return trees;
  }

  /// Makes something odd; with a large depth, a long chain of directories.
  private static void node(Path place, SplittableRandom random, int depth) throws IOException {
    var kind = depth > 10 ? 9 : random.nextInt(depth == 0 ? 7 : 10);
    if (kind < 5) {
      var bytes = new byte[random.nextInt(20) == 0 ? random.nextInt(300_000) : random.nextInt(40)];
      random.nextBytes(bytes);
      Files.write(place, bytes);
      var modes = List.of("rw-r--r--", "rwxr-xr-x", "r--r--r--", "rw-r-xr-x", "rwx------");
      Files.setPosixFilePermissions(
          place, PosixFilePermissions.fromString(modes.get(random.nextInt(modes.size()))));
    } else if (kind < 7) {
      var targets = new String[] {"a", "..", "/", "a//b/", "é", "x/../y", "no such\n", "//"};
      FileNames.createLink(place, ByteString.of(targets[random.nextInt(targets.length)]));
    } else {
      Files.createDirectory(place);
      for (var left = depth > 10 ? 1 : random.nextInt(7); left > 0; left--) {
        var child = FileNames.resolve(place, name(random));
        if (!Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
          node(child, random, depth - 1);
        }
      }
    }
  }

  private static ByteString name(SplittableRandom random) {
    if (random.nextInt(4) > 0) {
      return ByteString.of(ODD[random.nextInt(ODD.length)]);
    }
    var bytes = new byte[random.nextInt(1, 12)];
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(1, 256);
      bytes[i] = bytes[i] == '/' || bytes[i] == '.' ? (byte) 0xff : bytes[i];
    }
    return ByteString.of(bytes);
  }

  private byte[] nix(Object... command) throws Exception {
    return nixWith(null, command);
  }

  private byte[] nixWith(@Nullable Path stdin, Object... command) throws Exception {
    var builder = new ProcessBuilder(List.of(command).stream().map(Object::toString).toList());
    builder.environment().put("NIX_CONFIG", "experimental-features = ca-derivations nix-command");
    builder.redirectError(scratch.resolve("stderr").toFile());
    if (stdin != null) {
      builder.redirectInput(stdin.toFile());
    }
    var process = builder.start();
    var out = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(Files.readString(scratch.resolve("stderr"))).isZero();
    return out;
  }

  private static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }

  /// A random graph of derivations, as Nix's expression and as kiln's values.
  private static final class Graph {
    private final SplittableRandom random;
    private final List<Derivation> nodes = new ArrayList<>();
    private final Map<StorePath, Derivation> known = new HashMap<>();
    private final StringBuilder expression = new StringBuilder("(let\n");

    private Graph(int seed) throws KilnException {
      random = new SplittableRandom(seed);
      var hashes = new DerivationHashes(STORE, path -> Objects.requireNonNull(known.get(path)));
      for (var left = random.nextInt(1, 9); left > 0; left--) {
        var node = random.nextInt(4) == 0 && left > 1 ? fixed() : inputAddressed(hashes);
        nodes.add(node);
        known.put(node.path(STORE), node);
      }
    }

    private Derivation last() {
      return nodes.getLast();
    }

    private String expression() {
      return expression + "in d" + (nodes.size() - 1) + ")";
    }

    private Derivation inputAddressed(DerivationHashes hashes) throws KilnException {
      var names = new ArrayList<>(List.of("out"));
      for (var extra : List.of("dev", "lib", "bin")) {
        if (random.nextInt(4) == 0) {
          names.add(random.nextInt(names.size() + 1), extra);
        }
      }
      var outputs = new TreeMap<String, DerivationOutput>();
      var environment = new TreeMap<String, String>();
      for (var name : names) {
        outputs.put(name, new DerivationOutput.Deferred());
        environment.put(name, "");
      }
      environment.put("outputs", String.join(" ", names));
      begin(environment, names);
      return hashes.withOutputPaths(derivation(outputs, environment));
    }

    private Derivation fixed() throws KilnException {
      var contents = Digest.sha256(new byte[] {(byte) random.nextInt(3)});
      var method = random.nextBoolean() ? Method.NAR : Method.FLAT;
      var output = new DerivationOutput.Fixed(new ContentAddress(method, contents));
      var outputs = new TreeMap<String, DerivationOutput>(Map.of("out", output));
      var environment = new TreeMap<String, String>();
      begin(environment, List.of());
      for (var attribute :
          Map.of(
                  "outputHash",
                  random.nextBoolean() ? contents.hex() : contents.nix32(),
                  "outputHashAlgo",
                  "sha256",
                  "outputHashMode",
                  method == Method.NAR ? "recursive" : "flat")
              .entrySet()) {
        attribute(environment, attribute.getKey(), attribute.getValue());
      }
      var name = Objects.requireNonNull(environment.get("name"));
      environment.put("out", STORE.resolve(output.path(STORE, name, "out")));
      return derivation(outputs, environment);
    }

    private void begin(Map<String, String> environment, List<String> outputs) {
      expression.append("  d").append(nodes.size()).append(" = derivation {\n");
      if (!outputs.isEmpty()) {
        expression
            .append("    outputs = [ \"")
            .append(String.join("\" \"", outputs))
            .append("\" ];\n");
      }
      attribute(environment, "name", "n" + random.nextInt(3));
      attribute(environment, "system", "x86_64-linux");
      attribute(environment, "builder", "/bin/sh");
    }

    private void attribute(Map<String, String> environment, String name, String value) {
      environment.put(name, value);
      var escaped =
          value
              .replace("\\", "\\\\")
              .replace("\"", "\\\"")
              .replace("$", "\\$")
              .replace("\r", "\\r")
              .replace("\n", "\\n")
              .replace("\t", "\\t");
      expression.append("    ").append(name).append(" = \"").append(escaped).append("\";\n");
    }

    /// Adds odd attributes and inputs, and ends the expression.
    private Derivation derivation(
        SortedMap<String, DerivationOutput> outputs, Map<String, String> environment)
        throws KilnException {
      for (var i = random.nextInt(4); i > 0; i--) {
        attribute(environment, "x" + i, ODD[random.nextInt(ODD.length)] + "$\"\\\r\n\t\u0001");
      }
      var inputs = new TreeMap<StorePath, SortedSet<String>>();
      for (var i = nodes.isEmpty() ? 0 : random.nextInt(5); i > 0; i--) {
        input("i" + i, random.nextInt(nodes.size()), inputs, environment);
      }
      expression.append("  };\n");
      var variables = new TreeMap<ByteString, ByteString>();
      environment.forEach(
          (name, value) -> variables.put(ByteString.of(name), ByteString.of(value)));
      return new Derivation(
          Objects.requireNonNull(environment.get("name")),
          outputs,
          inputs,
          new TreeSet<>(),
          "x86_64-linux",
          ByteString.of("/bin/sh"),
          List.of(),
          variables);
    }

    private void input(
        String attribute,
        int index,
        Map<StorePath, SortedSet<String>> inputs,
        Map<String, String> environment)
        throws KilnException {
      var input = nodes.get(index);
      var names = List.copyOf(input.outputs().keySet());
      var output = names.get(random.nextInt(names.size()));
      var path =
          Objects.requireNonNull(input.outputs().get(output))
              .findPath(STORE, input.name(), output)
              .orElseThrow();
      inputs.computeIfAbsent(input.path(STORE), _ -> new TreeSet<>()).add(output);
      environment.put(attribute, STORE.resolve(path));
      expression.append("    %s = d%d.%s;\n".formatted(attribute, index, output));
    }
  }
}
