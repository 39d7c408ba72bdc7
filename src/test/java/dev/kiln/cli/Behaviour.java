package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.archive.Trees;
import dev.kiln.cli.BuildVectors.Builds;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.StoreDir;
import dev.kiln.store.derivation.DerivationOutput;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The derivations of behaviour.json, by their labels: the vectors give their paths alone, and the
/// words in them come from the seed.
final class Behaviour {
  private static final StoreDir NIX = new StoreDir("/nix/store");
  private static final String ZEROS = "0".repeat(64);
  private static final String X = Digest.sha256(new byte[] {'x'}).hex();

  /// How the generator makes a case: a name, a script (`$word` stands for a word that is drawn),
  /// and variables (`$dep` stands for an input's path); for a fixed output method and hash.
  private record Recipe(
      String name, String script, Map<String, String> variables, Optional<Fixed> fixed) {
    private record Fixed(String method, String hash) {}

    Recipe(String name, String script, String... variables) {
      this(name, script, pairs(variables), Optional.empty());
    }

    static Recipe fixed(
        String name, String method, String hash, String script, String... variables) {
      var pairs = pairs(variables);
      pairs.put("outputHashAlgo", "sha256");
      pairs.put("outputHash", hash);
      if (method.equals("r:")) {
        pairs.put("outputHashMode", "recursive");
      }
      return new Recipe(name, script, pairs, Optional.of(new Fixed(method, hash)));
    }

    private static Map<String, String> pairs(String... variables) {
      var pairs = new TreeMap<String, String>();
      for (var i = 0; i < variables.length; i += 2) {
        pairs.put(variables[i], variables[i + 1]);
      }
      return pairs;
    }

    Recipe running(String other) {
      return new Recipe(name, other, variables, fixed);
    }
  }

  private static final String B = "b=/bin/busybox; ";
  private static final String SH =
      "for o in ${outputs:-out}; do eval \"p=\\$$o\"; echo \"built $name $o\" > \"$p\"; done";

  private static final Map<String, Recipe> RECIPES =
      Map.ofEntries(
          Map.entry("fail-exit-3", new Recipe("fail", "echo some log; exit 3")),
          Map.entry(
              "pid1-ignores-its-own-signals",
              new Recipe("sig", B + "kill -SEGV $$; kill -TERM $$; echo survived > $out")),
          Map.entry("no-output", new Recipe("noout", "true")),
          Map.entry("one-of-two-outputs", new Recipe("half", "echo > $out", "outputs", "out dev")),
          Map.entry("hash-mismatch-flat", Recipe.fixed("hm", "", ZEROS, "echo $word > $out")),
          Map.entry("fixed-output-builder-fails", Recipe.fixed("ff1", "", ZEROS, "exit 1")),
          Map.entry(
              "hash-mismatch-recursive",
              Recipe.fixed("hmr", "r:", ZEROS, B + "$b mkdir $out; echo $salt > $out/f")),
          Map.entry(
              "flat-but-executable",
              Recipe.fixed("fx", "", X, B + "printf x > $out; $b chmod +x $out")),
          Map.entry("flat-but-directory", Recipe.fixed("fd", "", ZEROS, B + "$b mkdir $out")),
          Map.entry(
              "fixed-output-with-reference",
              Recipe.fixed("fr", "", ZEROS, "echo $d > $out", "d", "$dep")),
          Map.entry("timeout", new Recipe("to", B + "while :; do echo x; $b sleep 0.2; done")),
          Map.entry("max-silent-time", new Recipe("ms", B + "echo start; $b sleep 30")),
          Map.entry(
              "max-build-log-size",
              new Recipe("ml", B + "while :; do echo xxxxxxxxxxxxxxxxxxxx; done")),
          Map.entry(
              "group-writable-output", new Recipe("gw", B + "echo > $out; $b chmod 664 $out")),
          Map.entry("world-writable-dir", new Recipe("ww", B + "$b mkdir $out; $b chmod 777 $out")),
          Map.entry(
              "inner-world-writable-file",
              new Recipe("iw", B + "$b mkdir $out; echo > $out/f; $b chmod 666 $out/f")),
          Map.entry("fifo-in-output", new Recipe("ff", B + "$b mkdir $out; $b mkfifo $out/p")),
          Map.entry("setuid-chmod", new Recipe("su", B + "echo > $out; $b chmod 4755 $out")),
          Map.entry(
              "write-outside",
              new Recipe("wo", B + "echo > /nix/store/foo; echo > $out; echo > /etc/x")),
          Map.entry(
              "modify-input", new Recipe("mi", B + "echo > $out; echo hacked > $d", "d", "$dep")),
          Map.entry(
              "allowedReferences-ok",
              new Recipe("aro", "echo $d > $out", "allowedReferences", "$dep", "d", "$dep")),
          Map.entry(
              "allowedReferences-empty-violated",
              new Recipe("ar", "echo $d > $out", "allowedReferences", "", "d", "$dep")),
          Map.entry(
              "allowedReferences-self-not-listed",
              new Recipe("ars", "echo $out > $out", "allowedReferences", "")),
          Map.entry(
              "allowedReferences-self-listed",
              new Recipe("arl", "echo $out > $out", "allowedReferences", "out")),
          Map.entry(
              "disallowedReferences-violated",
              new Recipe("dr", "echo $d > $out", "disallowedReferences", "$dep", "d", "$dep")),
          Map.entry(
              "allowedRequisites-violated",
              new Recipe("aq", "echo $d > $out", "allowedRequisites", "$dep2", "d", "$dep2")),
          Map.entry(
              "disallowedRequisites-violated",
              new Recipe("dq", "echo $d > $out", "disallowedRequisites", "$dep", "d", "$dep2")),
          Map.entry(
              "disallowedRequisites-ok",
              new Recipe(
                  "dqo", "echo nothing > $out", "disallowedRequisites", "$dep", "d", "$dep2")),
          Map.entry(
              "cycle-between-outputs",
              new Recipe("cy", "echo $dev > $out; echo $out > $dev", "outputs", "out dev")),
          Map.entry(
              "nondeterministic",
              new Recipe("nd", B + "$b cat /proc/sys/kernel/random/uuid > $out")),
          Map.entry("deterministic", new Recipe("de", "echo same > $out")),
          Map.entry("wrong-system", new Recipe("ws", SH, "system", "sparc-linux")),
          Map.entry("missing-feature", new Recipe("mf", SH, "requiredSystemFeatures", "quantum")),
          Map.entry("dependency-fails", new Recipe("df", SH, "d", "$failing")),
          Map.entry("builder-missing", new Recipe("bm", SH, "builder", "/no/such/builder")),
          Map.entry(
              "no-network",
              new Recipe(
                  "nn",
                  B
                      + "$b ip -o link | $b wc -l > $out; $b ip route | $b wc -l >> $out; $b nc -w 1 192.0.2.1 80 </dev/null 2>/dev/null && echo REACHED >> $out; true")),
          Map.entry(
              "sees-only-closure",
              new Recipe("so", B + "$b ls /nix/store | $b wc -l > $out", "d", "$dep2")),
          Map.entry(
              "passwd-write",
              new Recipe(
                  "pw",
                  B
                      + "(echo x >> /etc/passwd) 2>/dev/null && echo writable > $out || echo readonly > $out")),
          Map.entry(
              "log-limit-lines",
              new Recipe(
                  "ll", "i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 1")));

  /// What runs under kiln where the generator's script needs programs of busybox, ends in what only
  /// Nix allows, or is a race: `$out` may be there before `ls` is.
  private static final Map<String, String> RUN =
      Map.of(
          "no-network",
          B
              + "$b grep -c : /proc/net/dev > $out; $b tail -n +2 /proc/net/route | $b wc -l"
              + " >> $out",
          "sees-only-closure",
          B + "n=$($b ls /nix/store | $b wc -l); echo $n > $out",
          "write-outside",
          "echo > /nix/store/foo; echo > /etc/x; echo > $out");

  /// The exit codes of Nix 2.8 and kiln.
  private record Codes(int nix, int kiln) {}

  /// Where kiln does not do what Nix 2.8 did: what Nix does since (nix-store.md §23, §24), or what
  /// store.md of the site says.
  private static final Map<String, Codes> OTHER_CODES =
      Map.of(
          "wrong-system", new Codes(1, 100),
          "missing-feature", new Codes(1, 100),
          "fixed-output-with-reference", new Codes(-6, 1),
          "pid1-ignores-its-own-signals", new Codes(0, 100),
          "setuid-chmod", new Codes(100, 0));

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Builds builds;
  private final String salt;
  private final String word;
  private final Map<String, String> derivations = new HashMap<>();
  private final Map<String, String> outputs = new HashMap<>();
  private final Set<String> realised = new HashSet<>();
  private boolean known;

  /// `seed` is the generator's.
  Behaviour(Builds builds, String seed) throws Exception {
    this.builds = builds;
    this.salt = new PythonRandom(seed, "salt").letters(10);
    var random = new PythonRandom(seed, "behaviour");
    this.word = random.letters(8);
    make("dep", new Recipe("dep", "echo $s > $out", "s", random.letters(8)));
    make("dep2", new Recipe("dep2", "echo $d > $out", "d", "$dep"));
    make("failing", new Recipe("failing", "exit 1"));
  }

  private void make(String label, Recipe recipe) throws Exception {
    var environment = new TreeMap<String, String>();
    var inputs = new TreeSet<String>();
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
    environment.put("name", recipe.name());
    environment.put("salt", salt);
    var tuples = new TreeSet<String>();
    if (recipe.fixed().isPresent()) {
      var fixed = recipe.fixed().get();
      environment.put("out", fixedPath(fixed, recipe.name()));
      tuples.add(
          "(\"out\",\"%s\",\"%ssha256\",\"%s\")"
              .formatted(environment.get("out"), fixed.method(), fixed.hash()));
    } else {
      for (var output : environment.getOrDefault("outputs", "out").split(" ", -1)) {
        environment.put(output, "");
        tuples.add("(\"" + output + "\",\"\",\"\",\"\")");
      }
    }
    var variables = new ArrayList<String>();
    environment.forEach(
        (name, value) -> variables.add("(" + quoted(name) + "," + quoted(value) + ")"));
    var text =
        "Derive([%s],[%s],[],%s,%s,[\"-c\",%s],[%s])"
            .formatted(
                String.join(",", tuples),
                String.join(",", inputs),
                quoted(environment.get("system")),
                quoted(environment.get("builder")),
                quoted(recipe.script().replace("$word", word)),
                String.join(",", variables));
    derivations.put(label, builds.add(recipe.name(), text));
    outputs.put(label, outputs(label).getLast());
  }

  private List<String> outputs(String label) {
    return builds.kiln("store", "query", "--outputs", derivation(label)).out().lines().toList();
  }

  private static String fixedPath(Recipe.Fixed fixed, String name) throws Exception {
    var address = ContentAddress.parse("fixed:" + fixed.method() + "sha256:" + fixed.hash());
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

  /// Finds out whether these cases are the derivations that are known here; if not one is, another
  /// generator made them, and what depends on its words is not compared.
  void recognise(List<Json> cases) throws Exception {
    for (var one : cases) {
      var label = one.require("label").asString();
      make(label, Objects.requireNonNull(RECIPES.get(label), () -> "nothing checks " + label));
      known |= derivation(label).equals(one.require("drv_path").asString());
    }
    if (!known && !cases.isEmpty()) {
      System.out.println(
          "vectors: behaviour.json: made by another generator: paths and drawn words not compared");
    }
  }

  int check(Json one) throws Exception {
    var label = one.require("label").asString();
    var recipe = Objects.requireNonNull(RECIPES.get(label), () -> "nothing checks " + label);
    make(label, recipe);
    if (known) {
      assertThat(derivation(label)).as(label).isEqualTo(one.require("drv_path").asString());
    }
    if (known && one.find("outputs").isPresent()) {
      assertThat(outputs(label)).as(label).isEqualTo(one.require("outputs").asStrings());
    }
    if (RUN.containsKey(label)) {
      make(label, recipe.running(Objects.requireNonNull(RUN.get(label))));
    }
    var options = new ArrayList<String>();
    for (var option : one.require("options").asStrings()) {
      if (!option.equals("--option")) {
        options.add(option.matches("\\d+") ? option : "--" + option);
      }
    }
    var ran = builds.realise(Map.of(), derivation(label), options);
    var nix = (int) one.require("exit_code").asLong();
    var codes = OTHER_CODES.getOrDefault(label, new Codes(nix, nix));
    assertThat(nix).as(label).isEqualTo(codes.nix());
    assertThat(ran.code()).as(label + ": " + ran.err()).isEqualTo(codes.kiln());
    assertThat(one.find("outputs").isPresent()).as(label).isEqualTo(nix == 0);
    if (ran.code() == 0) {
      assertThat(ran.out().lines()).as(label).isEqualTo(outputs(label));
      realised.add(label);
    } else {
      assertThat(ran.out()).as(label).isEmpty();
      assertThat(isValid(output(label))).as(label).isFalse();
    }
    if (nix == 0) {
      checkOutput(label, one, ran.code() == 0);
    }
    if (known && one.find("actual_path").isPresent()) {
      assertThat(isValid(one.require("actual_path").asString()))
          .as(label)
          .isEqualTo(one.require("actual_path_is_valid_afterwards").asBoolean());
    }
    return 1;
  }

  /// Compares what Nix's builder left with what kiln's did, where it did.
  private void checkOutput(String label, Json one, boolean built) throws Exception {
    var output = builds.physical(output(label));
    var mode = built ? mode(output) : "0444";
    assertThat(mode).as(label).isEqualTo(one.require("output_mode").asString());
    if (one.find("inner").isPresent()) {
      for (var inner : one.require("inner").asObject().entrySet()) {
        assertThat(mode(output.resolve(inner.getKey()))).isEqualTo(inner.getValue().asString());
      }
      return;
    }
    var nixes = one.require("output_text").asString().stripTrailing();
    var kilns = built ? Files.readString(output).stripTrailing() : "";
    switch (label) {
      case "nondeterministic" ->
          assertThat(List.of(nixes, kilns)).allMatch(UUID.asMatchPredicate());
      case "sees-only-closure" -> {
        assertThat(nixes).isIn("2", "3");
        assertThat(kilns).isEqualTo("2");
      }
      case "passwd-write" ->
          assertThat(List.of(nixes, kilns)).containsExactly("writable", "readonly");
      case "pid1-ignores-its-own-signals" ->
          assertThat(List.of(nixes, kilns)).containsExactly("survived", "");
      default -> {
        if (known || !isDrawn(label)) {
          assertThat(kilns).as(label).isEqualTo(nixes);
        }
      }
    }
    assertThat(one.require("output_text").asString()).as(label).isEqualTo(nixes + "\n");
  }

  /// Answers whether what the builder writes depends on the generator's words.
  private static boolean isDrawn(String label) {
    var recipe = Objects.requireNonNull(RECIPES.get(label));
    return recipe.script().contains("$word")
        || !recipe.variables().isEmpty()
        || label.contains("ences-");
  }

  private static String mode(Path path) throws Exception {
    return "%04o".formatted(BuildVectors.mode(path));
  }

  private boolean isValid(String path) {
    return builds.kiln("store", "path-info", path).code() == 0;
  }

  /// Returns the output of a case that may not be among those that were run.
  private String realised(String label) throws Exception {
    if (realised.add(label)) {
      if (!derivations.containsKey(label)) {
        make(label, Objects.requireNonNull(RECIPES.get(label), label));
      }
      var ran = builds.realise(Map.of(), derivation(label), List.of());
      assertThat(ran.code()).as(ran.err()).isZero();
    }
    return output(label);
  }

  /// One of `checks`: the label says the derivation and the flags. kiln has no diff hook.
  int again(Json one) throws Exception {
    var words = List.of(one.require("label").asString().split(" ", -1));
    var label = words.getFirst();
    var flags = words.stream().filter(word -> word.startsWith("--")).toList();
    var output = builds.physical(realised(label));
    var before = Files.readString(output);
    var ran = builds.realise(Map.of(), derivation(label), flags);
    assertThat(ran.code()).as(ran.err()).isEqualTo((int) one.require("exit_code").asLong());
    if (one.find("check_path_exists").isPresent()) {
      var suffix = one.require("check_path_suffix").asString();
      assertThat(Files.exists(output.resolveSibling(output.getFileName() + suffix)))
          .isEqualTo(one.require("check_path_exists").asBoolean());
      assertThat(one.require("original_unchanged").asBoolean()).isTrue();
    }
    assertThat(output).hasContent(before);
    return 1;
  }

  /// One of `verify`, which follow each other.
  int verify(Json one) throws Exception {
    var label = one.require("label").asString();
    var same = realised("deterministic");
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
      case "verify after rm of an unreferenced path" -> removed = realised("allowedReferences-ok");
      case "verify after rm of a referenced path" -> {
        realised("dep2");
        removed = output("dep");
      }
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
