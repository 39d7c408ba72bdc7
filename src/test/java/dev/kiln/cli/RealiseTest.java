package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.Needs;
import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.StoreDir;
import dev.kiln.store.TestStores;
import dev.kiln.store.derivation.DerivationOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Foreign derivations, built by `store realise`: Nix's exit codes, outputs and checks
/// (nix-store.md §16 to §23; the cases of behaviour.json, whose values real Nix gave).
@Needs("bwrap")
class RealiseTest {
  private static final List<String> SHELL =
      List.of(
          "--sandbox-path", "/bin",
          "--sandbox-path", "/lib",
          "--sandbox-path", "/lib64",
          "--sandbox-path", "/usr");

  @TempDir Path directory;

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(directory.resolve("s"));
  }

  private Ran kiln(byte[] input, List<String> args) {
    var all = new ArrayList<>(List.of("--store", "s", "--store-dir", "/nix/store"));
    all.addAll(args);
    return CommandLines.kiln(directory, Map.of(), input, all);
  }

  private Ran kiln(String... args) {
    return kiln(new byte[0], List.of(args));
  }

  /// Adds a derivation that runs a shell script; `outputs` are its output tuples.
  private String derivation(String name, String outputs, String script, String... variables) {
    return derivationFor("x86_64-linux", name, outputs, script, variables);
  }

  private String derivationFor(
      String system, String name, String outputs, String script, String... variables) {
    var environment = new TreeMap<String, String>();
    environment.put("name", name);
    environment.put("PATH", "/usr/bin:/bin");
    for (var output : outputs.split("\\),\\(", -1)) {
      environment.put(output.replaceAll("^\\(?\"", "").replaceAll("\".*", ""), "");
    }
    for (var i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    var fixed = outputs.indexOf("/nix/store/");
    if (fixed >= 0) {
      environment.put("out", outputs.substring(fixed, outputs.indexOf('"', fixed)));
    } else if (outputs.contains("sha256")) {
      environment.put("out", "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9");
    }
    var text = new StringBuilder("Derive([");
    text.append(outputs).append("],[],[");
    text.append("],\"").append(system).append("\",\"/bin/sh\",[\"-c\",");
    text.append(quoted(script)).append("],[");
    var first = true;
    for (var variable : environment.entrySet()) {
      text.append(first ? "(" : ",(").append(quoted(variable.getKey())).append(',');
      text.append(quoted(variable.getValue())).append(')');
      first = false;
    }
    var added =
        kiln(
            text.append("])").toString().getBytes(StandardCharsets.UTF_8),
            List.of("derivation", "add", "--name", name));
    assertThat(added.code()).as(added.err()).isZero();
    return added.out().strip();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static final String OPEN = "(\"out\",\"\",\"\",\"\")";
  private static final String TWO = "(\"dev\",\"\",\"\",\"\"),(\"out\",\"\",\"\",\"\")";
  private static final String FLOATING = "(\"out\",\"\",\"r:sha256\",\"\")";

  private Ran realise(String derivation, String... more) {
    var args = new ArrayList<>(List.of("store", "realise", derivation));
    args.addAll(SHELL);
    args.addAll(List.of(more));
    return kiln(new byte[0], args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fail-exit-3           | 100 | exit 3
          no-output             | 1   | true
          group-writable-output | 1   | echo x > $out; chmod 664 $out
          world-writable        | 1   | mkdir $out; chmod 777 $out
          inner-world-writable  | 0   | mkdir $out; echo x > $out/f; chmod 666 $out/f
          fifo-in-output        | 1   | mkdir $out; mkfifo $out/p
          write-outside         | 0   | echo x > /tmp/y; echo done > $out
          sees-no-home          | 0   | test ! -e /homeless-shelter && echo $HOME > $out
          passwd                | 0   | grep nixbld /etc/passwd > $out
          builder-silent        | 0   | echo x > $out; exec > /dev/null
          modes                 | 0   | echo $(stat -c %a /build /tmp /etc $NIX_STORE) > /tmp/m; grep -x "700 1777 755 1775" /tmp/m > $out
          """)
  void exitsAsNix(String label, int code, String script) {
    var ran = realise(derivation(label, OPEN, script));
    assertThat(ran.code()).as(ran.err()).isEqualTo(code);
    assertThat(ran.out()).hasLineCount(code == 0 ? 1 : 0);
  }

  @Test
  void outputsAreCanonicalAndRegistered() throws IOException {
    var path = derivation("modes", OPEN, "mkdir -p $out/d; echo x > $out/f; chmod 600 $out/f");
    var output = realise(path).out().strip();
    var physical = directory.resolve("s/store").resolve(output.substring("/nix/store/".length()));
    assertThat(Files.getAttribute(physical.resolve("f"), "unix:mode")).isEqualTo(0100444);
    assertThat(kiln("store", "query", "--deriver", output).out().strip()).isEqualTo(path);
    assertThat(kiln("store", "path-info", "--json", output).out()).contains("\"ultimate\":true");
    assertThat(realise(path).err()).doesNotContain("building");
    assertThat(realise(path, "--add-root", "result").code()).isZero();
    assertThat(directory.resolve("result/f")).hasContent("x");
  }

  @Test
  void aMissingOutputOfTwoRegistersNothing() {
    var path = derivation("half", TWO, "echo x > $out");
    var ran = realise(path);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("failed to produce output path for output 'dev'");
    assertThat(kiln("store", "path-info", first(path)).code()).isEqualTo(1);
  }

  private String first(String path) {
    return kiln("store", "query", "--outputs", path).out().lines().findFirst().orElseThrow();
  }

  @Test
  void whatWouldBeBuiltIsSaidAndNotBuilt() {
    var path = derivation("dry", OPEN, "echo x > $out");
    var ran = kiln("store", "realise", "--dry-run", path);
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).isEqualTo("this derivation will be built:\n  " + path + "\n");
    assertThat(realise(path).code()).isZero();
    assertThat(kiln("store", "realise", "--dry-run", path).err()).isEmpty();
  }

  @Test
  void outputsThatReferToEachOtherInACircleAreRefused() {
    var ran = realise(derivation("cycle", TWO, "echo $dev > $out; echo $out > $dev"));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("cycle detected");
  }

  @Test
  void aFixedOutputIsCheckedAndStaysUnderItsRealPath() throws IOException, KilnException {
    var wrong = "0".repeat(64);
    var path =
        derivation(
            "fixed",
            "(\"out\",\"/nix/store/" + fixedPath() + "\",\"sha256\",\"" + wrong + "\")",
            "printf hello > $out");
    var ran = realise(path);
    assertThat(ran.code()).isEqualTo(102);
    assertThat(ran.err())
        .contains("hash mismatch")
        .contains("got:    sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    Files.writeString(directory.resolve("hello"), "hello");
    var real = kiln("store", "add", "--mode", "flat", "--name", "fixed", "hello").out().strip();
    assertThat(kiln("store", "query", "--deriver", real).out().strip()).isEqualTo(path);
  }

  /// The path of a flat file `fixed` whose SHA-256 is all zeros.
  private static String fixedPath() throws KilnException {
    return new DerivationOutput.Fixed(ContentAddress.parse("fixed:sha256:" + "0".repeat(64)))
        .path(new StoreDir("/nix/store"), "fixed", "out")
        .baseName();
  }

  @Test
  void aFloatingOutputThatNamesItselfIsAddressedModuloItself() {
    var path =
        derivation("self", FLOATING, "mkdir $out; echo $out > $out/me; ln -s $out/me $out/l");
    var ran = realise(path);
    assertThat(ran.code()).as(ran.err()).isZero();
    var output = ran.out().strip();
    assertThat(kiln("store", "cat", output + "/me").out().strip()).isEqualTo(output);
    assertThat(kiln("store", "query", "--references", output).out().strip()).isEqualTo(output);
    assertThat(kiln("store", "path-info", "--json", output).out()).contains("\"ca\":\"fixed:r:");
    assertThat(kiln("store", "query", "--outputs", path).out().strip()).isEqualTo(output);
    assertThat(realise(path, "--check").code()).isZero();
  }

  @Test
  void checkingFindsWhatIsNotDeterministic() {
    var steady = derivation("steady", OPEN, "echo x > $out");
    assertThat(realise(steady, "--check").code()).isEqualTo(1);
    assertThat(realise(steady).code()).isZero();
    assertThat(realise(steady, "--check").code()).isZero();
    var random = derivation("random", OPEN, "head -c 16 /dev/urandom | od > $out");
    var output = realise(random).out().strip();
    var before = kiln("store", "cat", output).out();
    var checked = realise(random, "--check", "--keep-failed");
    assertThat(checked.code()).isEqualTo(104);
    assertThat(checked.err()).contains("may not be deterministic");
    assertThat(kiln("store", "cat", output).out()).isEqualTo(before);
    assertThat(directory.resolve("s/store").resolve(output.substring(11) + ".check").toFile())
        .exists();
  }

  @Test
  void limitsStopBuilders() {
    var slow = derivation("slow", OPEN, "for i in 1 2 3 4 5 6 7 8 9; do sleep 1; echo $i; done");
    assertThat(realise(slow, "--timeout", "1").code()).isEqualTo(101);
    var silent = derivation("silent", OPEN, "sleep 20");
    var ran = realise(silent, "--max-silent-time", "1");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).contains("timed out after 1 seconds of silence");
    var loud = derivation("loud", OPEN, "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done");
    assertThat(realise(loud, "--max-build-log-size", "10000", "--no-build-output").code())
        .isEqualTo(1);
  }

  @Test
  void referencesAreCheckedAsTheDerivationAsks() {
    var own = derivation("own", OPEN, "echo $out > $out", "allowedReferences", "out");
    assertThat(realise(own).code()).isZero();
    var none = derivation("none", OPEN, "echo $out > $out", "allowedReferences", "");
    assertThat(realise(none).code()).isEqualTo(1);
    var requisites = derivation("req", OPEN, "echo $out > $out", "allowedRequisites", "");
    assertThat(realise(requisites).code()).isZero();
    var unknown = derivation("unk", OPEN, "echo $out > $out", "allowedReferences", "nothing");
    assertThat(realise(unknown).code()).isEqualTo(1);
  }

  @Test
  void anotherSystemIsRefused() {
    var path = derivationFor("sparc-linux", "sparc", OPEN, "echo x > $out");
    assertThat(realise(path).code()).isEqualTo(100);
    var feature = derivation("quantum", OPEN, "echo x > $out", "requiredSystemFeatures", "quantum");
    assertThat(realise(feature).code()).isEqualTo(100);
  }

  @Test
  void keepGoingBuildsWhatCanBeBuilt() {
    var bad = derivation("bad", OPEN, "exit 1");
    var good = derivation("good", OPEN, "echo x > $out");
    var args = new ArrayList<>(List.of("store", "realise", "--keep-going", bad, good));
    args.addAll(SHELL);
    var ran = kiln(new byte[0], args);
    assertThat(ran.code()).isEqualTo(100);
    assertThat(ran.out()).endsWith("-good\n");
  }

  @Test
  void aDamagedOutputIsRepairedByBuildingItAgain() throws IOException {
    var path = derivation("mended", OPEN, "echo same > $out");
    var output = realise(path).out().strip();
    var physical = directory.resolve("s/store").resolve(output.substring(11));
    assertThat(physical.toFile().setWritable(true)).isTrue();
    Files.writeString(physical, "changed");
    var args = new ArrayList<>(List.of("store", "verify", "--check-contents", "--repair"));
    args.addAll(SHELL);
    var ran = kiln(new byte[0], args);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(physical).hasContent("same");
  }

  @Test
  void filesOfTheBuildDirectoryAreTheBuildersOwn() {
    var drv =
        derivation(
            "own",
            OPEN,
            "set -e; [ $(stat -c %a $textPath) = 644 ]; echo more >> $textPath; mv $textPath $out",
            "passAsFile",
            "text",
            "text",
            "from the derivation\n");
    var ran = realise(drv, "--physical");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(directory.resolve(ran.out().strip())).hasContent("from the derivation\nmore\n");
  }

  @Test
  void theLogHoldsBothStreamsInTheirOrderAndIsFoundByDerivationAndOutput() {
    var drv =
        derivation("said", OPEN, "for i in 1 2 3; do echo $i; echo e$i >&2; done; echo > $out");
    var ran = realise(drv);
    assertThat(ran.err()).contains("1\ne1\n2\ne2\n3\ne3\n");
    for (var name : List.of(drv, ran.out().strip())) {
      assertThat(kiln("log", name).out()).isEqualTo("1\ne1\n2\ne2\n3\ne3\n");
    }
  }

  @Test
  void keepGoingTellsOfEveryInputThatFailed() {
    var one = derivation("one", OPEN, "exit 1");
    var slow = derivation("slow", OPEN, "sleep 60");
    var both =
        "Derive([(\"out\",\"\",\"\",\"\")],[(\"%s\",[\"out\"]),(\"%s\",[\"out\"])],[],"
            + "\"x86_64-linux\",\"/bin/sh\",[],[(\"name\",\"both\"),(\"out\",\"\")])";
    var sorted = one.compareTo(slow) < 0 ? both.formatted(one, slow) : both.formatted(slow, one);
    var drv =
        kiln(
                sorted.getBytes(StandardCharsets.UTF_8),
                List.of("derivation", "add", "--name", "both"))
            .out()
            .strip();
    var ran = realise(drv, "--keep-going", "--timeout", "2");
    assertThat(ran.code()).isEqualTo(101);
    assertThat(ran.err()).contains(one + "' failed with exit code 1", slow + "' timed out");
  }

  @Test
  void whatAsksForTheMachineItselfIsRefused() {
    var ran = realise(derivation("open", OPEN, "echo > $out", "__noChroot", "1"));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("has '__noChroot' set, which only --no-sandbox allows");
    assertThat(realise(derivation("ids", OPEN, "", "requiredSystemFeatures", "uid-range")).code())
        .isEqualTo(100);
  }

  @Test
  void whatIsNeitherFileNorDirectoryNorLinkIsNamed() {
    assertThat(realise(derivation("pipe", OPEN, "mkdir $out; mkfifo $out/p")).err())
        .contains("-pipe/p', which is neither file nor directory nor link");
  }
}
