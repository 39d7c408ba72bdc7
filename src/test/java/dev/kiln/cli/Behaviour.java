package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.archive.Trees;
import dev.kiln.cli.BuildVectors.Builds;
import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.StoreDir;
import dev.kiln.store.derivation.DerivationOutput;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// The derivations of behaviour.json, by their labels: the vectors give their paths alone. Those of
/// another draw differ in names that nothing here depends on.
final class Behaviour {
  private static final StoreDir NIX = new StoreDir("/nix/store");
  private static final String ZEROS = "0".repeat(64);

  /// How a case is made: a script, variables (`$dep` stands for an input's path), and for a fixed
  /// output its method.
  private record Recipe(String script, Map<String, String> variables, Optional<String> fixed) {
    Recipe(String script, String... variables) {
      this(script, pairs(variables), Optional.empty());
    }

    static Recipe fixed(String method, String script, String... variables) {
      return new Recipe(script, pairs(variables), Optional.of(method));
    }

    private static Map<String, String> pairs(String... variables) {
      var pairs = new TreeMap<String, String>();
      for (var i = 0; i < variables.length; i += 2) {
        pairs.put(variables[i], variables[i + 1]);
      }
      return pairs;
    }
  }

  private static final String B = "b=/bin/busybox; ";

  private static final Map<String, Recipe> RECIPES =
      Map.ofEntries(
          Map.entry("fail-exit-3", new Recipe("echo some log; exit 3")),
          Map.entry("no-output", new Recipe("true")),
          Map.entry("one-of-two-outputs", new Recipe("echo > $out", "outputs", "out dev")),
          Map.entry("hash-mismatch-flat", Recipe.fixed("", "echo abc > $out")),
          Map.entry("fixed-output-builder-fails", Recipe.fixed("", "exit 1")),
          Map.entry(
              "hash-mismatch-recursive",
              Recipe.fixed("r:", B + "$b mkdir $out; echo salt > $out/f")),
          Map.entry(
              "flat-but-executable", Recipe.fixed("", B + "printf x > $out; $b chmod +x $out")),
          Map.entry("flat-but-directory", Recipe.fixed("", B + "$b mkdir $out")),
          Map.entry("fixed-output-with-reference", Recipe.fixed("", "echo $d > $out", "d", "$dep")),
          Map.entry("timeout", new Recipe(B + "while :; do echo x; $b sleep 0.2; done")),
          Map.entry("max-silent-time", new Recipe(B + "echo start; $b sleep 30")),
          Map.entry(
              "max-build-log-size", new Recipe("while :; do echo xxxxxxxxxxxxxxxxxxxx; done")),
          Map.entry("group-writable-output", new Recipe(B + "echo > $out; $b chmod 664 $out")),
          Map.entry("world-writable-dir", new Recipe(B + "$b mkdir $out; $b chmod 777 $out")),
          Map.entry(
              "inner-world-writable-file",
              new Recipe(B + "$b mkdir $out; echo > $out/f; $b chmod 666 $out/f")),
          Map.entry("fifo-in-output", new Recipe(B + "$b mkdir $out; $b mkfifo $out/p")),
          Map.entry("modify-input", new Recipe("echo > $out; echo hacked > $d", "d", "$dep")),
          Map.entry(
              "allowedReferences-ok",
              new Recipe("echo $d > $out", "allowedReferences", "$dep", "d", "$dep")),
          Map.entry(
              "allowedReferences-empty-violated",
              new Recipe("echo $d > $out", "allowedReferences", "", "d", "$dep")),
          Map.entry(
              "allowedReferences-self-not-listed",
              new Recipe("echo $out > $out", "allowedReferences", "")),
          Map.entry(
              "allowedReferences-self-listed",
              new Recipe("echo $out > $out", "allowedReferences", "out")),
          Map.entry(
              "disallowedReferences-violated",
              new Recipe("echo $d > $out", "disallowedReferences", "$dep", "d", "$dep")),
          Map.entry(
              "allowedRequisites-violated",
              new Recipe("echo $d > $out", "allowedRequisites", "$dep2", "d", "$dep2")),
          Map.entry(
              "disallowedRequisites-violated",
              new Recipe("echo $d > $out", "disallowedRequisites", "$dep", "d", "$dep2")),
          Map.entry(
              "disallowedRequisites-ok",
              new Recipe("echo nothing > $out", "disallowedRequisites", "$dep", "d", "$dep2")),
          Map.entry(
              "cycle-between-outputs",
              new Recipe("echo $dev > $out; echo $out > $dev", "outputs", "out dev")),
          Map.entry(
              "nondeterministic", new Recipe(B + "$b cat /proc/sys/kernel/random/uuid > $out")),
          Map.entry("deterministic", new Recipe("echo same > $out")),
          Map.entry("wrong-system", new Recipe("true", "system", "sparc-linux")),
          Map.entry("missing-feature", new Recipe("true", "requiredSystemFeatures", "quantum")),
          Map.entry("dependency-fails", new Recipe("echo $d > $out", "d", "$failing")),
          Map.entry("builder-missing", new Recipe("true", "builder", "/no/such/builder")),
          Map.entry(
              "no-network",
              new Recipe(
                  B
                      + "$b grep -c : /proc/net/dev > $out; $b tail -n +2 /proc/net/route | $b wc -l"
                      + " >> $out")),
          Map.entry(
              "sees-only-closure",
              new Recipe(B + "n=$($b ls /nix/store | $b wc -l); echo $n > $out", "d", "$dep2")),
          Map.entry(
              "log-limit-lines",
              new Recipe("i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 1")),
          Map.entry("pid1-ignores-its-own-signals", new Recipe("kill -TERM $$; echo no > $out")),
          Map.entry("setuid-chmod", new Recipe(B + "echo > $out; $b chmod 4755 $out")),
          Map.entry(
              "write-outside", new Recipe("echo > /nix/store/foo; echo > /etc/x; echo > $out")),
          Map.entry(
              "passwd-write",
              new Recipe(
                  "(echo x >> /etc/passwd) 2>/dev/null && echo writable > $out || echo readonly >"
                      + " $out")));

  /// Where kiln does not do what Nix 2.8 did: what Nix does since (nix-store.md §23, §24), or what
  /// store.md of the site says.
  private static final Map<String, Integer> OTHER_CODES =
      Map.of(
          "wrong-system", 100,
          "missing-feature", 100,
          "fixed-output-with-reference", 1,
          "pid1-ignores-its-own-signals", 100,
          "setuid-chmod", 0);

  private final Builds builds;
  private final Map<String, String> derivations = new HashMap<>();
  private final Map<String, String> outputs = new HashMap<>();

  Behaviour(Builds builds) throws Exception {
    this.builds = builds;
    make("dep", new Recipe("echo x > $out"));
    make("dep2", new Recipe("echo $d > $out", "d", "$dep"));
    make("failing", new Recipe("exit 1"));
  }

  private void make(String label, Recipe recipe) throws Exception {
    var environment = new TreeMap<String, String>();
    var inputs = new ArrayList<String>();
    recipe
        .variables()
        .forEach((name, value) -> {
          if (value.startsWith("$")) {
            var input = value.substring(1);
            inputs.add("(\"" + derivation(input) + "\",[\"out\"])");
            environment.put(name, output(input));
          } else {
            environment.put(name, value);
          }
        });
    environment.putIfAbsent("builder", "/bin/sh");
    environment.putIfAbsent("system", "x86_64-linux");
    environment.put("name", label);
    var tuples = new ArrayList<String>();
    for (var output : environment.getOrDefault("outputs", "out").split(" ", -1)) {
      environment.put(output, "");
      tuples.add("(\"" + output + "\",\"\",\"\",\"\")");
    }
    if (recipe.fixed().isPresent()) {
      var method = recipe.fixed().get();
      environment.put("out", fixedPath(method, label));
      tuples.set(
          0,
          "(\"out\",\"%s\",\"%ssha256\",\"%s\")".formatted(environment.get("out"), method, ZEROS));
    }
    var variables = new ArrayList<String>();
    environment.forEach(
        (name, value) -> variables.add("(" + quoted(name) + "," + quoted(value) + ")"));
    var text =
        "Derive([%s],[%s],[],%s,%s,[\"-c\",%s],[%s])"
            .formatted(
                String.join(",", tuples.stream().sorted().toList()),
                String.join(",", inputs.stream().distinct().sorted().toList()),
                quoted(environment.get("system")),
                quoted(environment.get("builder")),
                quoted(recipe.script()),
                String.join(",", variables));
    derivations.put(label, builds.add(label, text));
    var known = builds.kiln("store", "query", "--outputs", derivation(label));
    outputs.put(label, known.out().lines().reduce((first, last) -> last).orElseThrow());
  }

  private static String fixedPath(String method, String name) throws Exception {
    var address = ContentAddress.parse("fixed:" + method + "sha256:" + ZEROS);
    return NIX.resolve(new DerivationOutput.Fixed(address).path(NIX, name, "out"));
  }

  private String derivation(String label) {
    return Objects.requireNonNull(derivations.get(label), label);
  }

  private String output(String label) {
    return Objects.requireNonNull(outputs.get(label), label);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  int check(Json one) throws Exception {
    var label = one.require("label").asString();
    var recipe = Objects.requireNonNull(RECIPES.get(label), () -> "nothing checks " + label);
    make(label, recipe);
    var options = new ArrayList<String>();
    for (var option : one.require("options").asStrings()) {
      if (!option.equals("--option")) {
        options.add(option.matches("\\d+") ? option : "--" + option);
      }
    }
    var ran = builds.realise(Map.of(), derivation(label), options);
    var code = OTHER_CODES.getOrDefault(label, (int) one.require("exit_code").asLong());
    assertThat(ran.code()).as(label + ": " + ran.err()).isEqualTo(code);
    if (code == 0) {
      checkOutput(label, one, ran);
    } else {
      assertThat(ran.out()).as(label).isEmpty();
      assertThat(isValid(output(label))).as(label).isFalse();
    }
    if (one.find("actual_path_is_valid_afterwards").isPresent()) {
      checkActual(label);
    }
    return 1;
  }

  private void checkOutput(String label, Json one, Ran ran) throws Exception {
    var output = builds.physical(ran.out().lines().findFirst().orElseThrow());
    if (one.find("output_mode").isPresent()) {
      assertThat("%04o".formatted(BuildVectors.mode(output)))
          .as(label)
          .isEqualTo(one.require("output_mode").asString());
    }
    var text = one.find("output_text");
    if (label.equals("passwd-write")) {
      assertThat(output).hasContent("readonly");
    } else if (text.isPresent() && !label.equals("nondeterministic") && !label.contains("ences-")) {
      assertThat(Files.readString(output)).as(label).isEqualTo(text.get().asString());
    }
    if (one.find("inner").isPresent()) {
      for (var inner : one.require("inner").asObject().entrySet()) {
        assertThat("%04o".formatted(BuildVectors.mode(output.resolve(inner.getKey()))))
            .isEqualTo(inner.getValue().asString());
      }
    }
  }

  /// What was built with another hash than said is valid under its own path.
  private void checkActual(String label) throws Exception {
    try (var entries = Files.list(builds.physical("/nix/store/x").getParent())) {
      var found =
          entries
              .map(entry -> "/nix/store/" + entry.getFileName())
              .filter(path -> path.endsWith("-" + label) && isValid(path))
              .toList();
      assertThat(found).hasSize(1).doesNotContain(output(label));
    }
  }

  private boolean isValid(String path) {
    return builds.kiln("store", "path-info", path).code() == 0;
  }

  /// One of `checks`: the label says the derivation and the flags. kiln has no diff hook.
  int again(Json one) throws Exception {
    var words = List.of(one.require("label").asString().split(" ", -1));
    var label = words.getFirst();
    var flags = words.stream().filter(word -> word.startsWith("--")).toList();
    var output = builds.physical(output(label));
    var before = Files.readString(output);
    var ran = builds.realise(Map.of(), derivation(label), flags);
    assertThat(ran.code()).as(ran.err()).isEqualTo((int) one.require("exit_code").asLong());
    if (one.find("check_path_exists").isPresent()) {
      assertThat(output.resolveSibling(output.getFileName() + ".check")).exists();
    }
    assertThat(output).hasContent(before);
    return 1;
  }

  /// One of `verify`, which follow each other.
  int verify(Json one) throws Exception {
    var label = one.require("label").asString();
    var same = output("deterministic");
    var args = new ArrayList<>(List.of("store", "verify"));
    String removed = null;
    switch (label) {
      case "verify-path after modification" -> {
        assertThat(builds.physical(same).toFile().setWritable(true)).isTrue();
        Files.writeString(builds.physical(same), "corrupt\n");
        args.add(same);
      }
      case "verify (no --check-contents)" -> {}
      case "verify --check-contents" -> args.add("--check-contents");
      case "verify --check-contents --repair" -> {
        args.addAll(List.of("--check-contents", "--repair"));
        args.addAll(builds.shown());
      }
      case "verify after rm of an unreferenced path" -> removed = output("allowedReferences-ok");
      case "verify after rm of a referenced path" -> removed = output("dep");
      default -> throw new AssertionError("nothing checks " + label);
    }
    if (removed != null) {
      Trees.delete(builds.physical(removed));
      assertThat(Files.exists(builds.physical(removed), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
    var ran = builds.kiln(Map.of(), new byte[0], args);
    assertThat(ran.code())
        .as(label + ": " + ran.err())
        .isEqualTo((int) one.require("exit_code").asLong());
    if (one.find("contents_after").isPresent()) {
      assertThat(builds.physical(same)).hasContent(one.require("contents_after").asString());
    }
    if (removed != null) {
      assertThat(isValid(removed)).as(label).isEqualTo(one.require("still_valid").asBoolean());
    }
    return 1;
  }
}
