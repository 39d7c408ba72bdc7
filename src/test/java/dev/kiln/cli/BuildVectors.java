package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.archive.Trees;
import dev.kiln.cli.CommandLines.Ran;
import dev.kiln.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Vectors of builds: what builders saw under real Nix, against what they see under kiln.
///
/// `/bin/busybox` is a script that runs this machine's program of the same name, and the shell is
/// this machine's, which needs its libraries; they are the only other paths shown.
public final class BuildVectors {
  private static final Set<String> LIBRARIES = Set.of("lib", "lib32", "lib64", "libx32", "usr");

  /// What kiln's sandbox does not do as Nix's (site: store.md), or this machine's tools say
  /// otherwise than busybox.
  private static final Set<String> DIFFERENT =
      Set.of("id", "ip", "personality", "pid", "status", "ls-dev", "cmdline", "ls-root");

  /// Facts of build-environment.json that are not compared, and why.
  public static final Map<String, String> SKIPPED_FACTS =
      Map.of(
          "cases[].observed: id, ip, personality, pid, status, ls-dev",
          "kiln's sandbox does otherwise, or this machine's programs say it otherwise",
          "cases[].observed.log_lines_after_first",
          "of the files of /etc, those that the other machine had");

  /// Facts of behaviour.json that are not compared, and why.
  public static final Map<String, String> SKIPPED_BEHAVIOUR =
      Map.of(
          "messages", "for people: kiln says the same in its own words",
          "leftover_lock_files", "kiln has one file for all locks",
          "cases[].note", "about Nix 2.8, for people",
          "cases[].output_text of nondeterministic", "a random number: its form is compared",
          "checks[] with diff-hook", "kiln has no diff hook: the same is checked without");

  /// What builders of fixed outputs may see of /etc.
  private static final Set<String> ETC =
      Set.of("ETC", "group", "hosts", "nsswitch.conf", "passwd", "resolv.conf", "services");

  private static final Pattern DEPENDENCY =
      Pattern.compile("\"(/nix/store/[0-9a-z]{32}-(dep-[^\"]*))\\.drv\"");

  private BuildVectors() {}

  /// A store whose builders find `/bin/sh` and `/bin/busybox`.
  static final class Builds {
    private final Path directory;
    private final Path store;

    Builds(Path directory) throws Exception {
      this.directory = directory;
      this.store = directory.resolve("s");
      var busybox =
          Files.writeString(
              directory.resolve("busybox"),
              "#!/bin/sh\nPATH=/usr/bin:/usr/sbin:/bin exec \"$@\"\n");
      assertThat(busybox.toFile().setExecutable(true)).isTrue();
    }

    Ran kiln(Map<String, String> environment, byte[] input, List<String> args) {
      var all = new ArrayList<>(List.of("--store", "s", "--store-dir", "/nix/store"));
      all.addAll(args);
      return CommandLines.kiln(directory, environment, input, all);
    }

    Ran kiln(String... args) {
      return kiln(Map.of(), new byte[0], List.of(args));
    }

    String add(String name, String aterm) {
      var ran =
          kiln(
              Map.of(),
              aterm.getBytes(StandardCharsets.UTF_8),
              List.of("derivation", "add", "--name", name));
      assertThat(ran.code()).as(ran.err()).isZero();
      return ran.out().strip();
    }

    Ran realise(Map<String, String> environment, String derivation, List<String> options) {
      var args = new ArrayList<>(List.of("store", "realise", derivation, "--cores", "3"));
      args.addAll(shown());
      args.addAll(options);
      return kiln(environment, new byte[0], args);
    }

    List<String> shown() {
      var shown = new ArrayList<String>();
      for (var path : List.of("/bin/sh", "/bin/busybox=busybox", "/usr", "/lib", "/lib64")) {
        if (path.contains("=") || directory.getRoot().resolve(path).toFile().exists()) {
          shown.addAll(List.of("--sandbox-path", path));
        }
      }
      return shown;
    }

    Path physical(String path) {
      return store.resolve("store").resolve(path.substring("/nix/store/".length()));
    }

    void delete() throws Exception {
      Trees.delete(store);
    }
  }

  public static int buildEnvironment(Json file, Path scratch) throws Exception {
    var builds = new Builds(scratch);
    try {
      var checked = 0;
      if (!file.require("cases").asArray().isEmpty()) {
        addDependency(builds, file);
      }
      for (var one : file.require("cases").asArray()) {
        checked += buildEnvironment(builds, one);
      }
      return checked;
    } finally {
      builds.delete();
    }
  }

  /// The derivation that the cases depend on is not among the vectors; its path tells whether it is
  /// made right.
  private static void addDependency(Builds builds, Json file) throws Exception {
    var aterms = new StringBuilder();
    for (var one : file.require("cases").asArray()) {
      aterms.append(one.require("drv_aterm").asString());
    }
    var plain = aterms.toString();
    var found = DEPENDENCY.matcher(plain);
    if (!found.find()) {
      return;
    }
    var name = found.group(2);
    var salt = Pattern.compile("\\(\"salt\",\"[^\"]*\"\\),").matcher(plain);
    var text =
        """
        Derive([("out","","","")],[],[],"x86_64-linux","/bin/sh",["-c","echo $name $out > $out"],\
        [("builder","/bin/sh"),("name","%s"),("out",""),%s("system","x86_64-linux")])\
        """
            .formatted(name, salt.find() ? salt.group() : "");
    var added = builds.add(name, text);
    assertThat(added).isEqualTo(found.group(1) + ".drv");
  }

  private static int buildEnvironment(Builds builds, Json one) throws Exception {
    var derivation = one.require("drv_path").asString();
    var name = derivation.substring(44, derivation.length() - 4);
    assertThat(builds.add(name, one.require("drv_aterm").asString())).isEqualTo(derivation);
    var environment = new TreeMap<String, String>();
    if (one.find("caller_environment").isPresent()) {
      for (var variable : one.require("caller_environment").asObject().entrySet()) {
        environment.put(variable.getKey(), variable.getValue().asString());
      }
    }
    var ran = builds.realise(environment, derivation, List.of());
    assertThat(ran.code()).as(ran.err()).isZero();
    var expected = one.require("observed");
    if (expected.find("log_lines_after_first").isPresent()) {
      var log = Stream.of(ran.err().split("\n", -1)).filter(l -> l.matches("[A-Za-z0-9+/=]{80,}"));
      var seen =
          new String(
              Base64.getDecoder().decode(log.findFirst().orElseThrow()), StandardCharsets.UTF_8);
      assertThat(variables(seen)).isEqualTo(variables(expected.require("environ")));
      checkLog(builds, one);
      return 4;
    }
    var tree =
        ran.out()
            .lines()
            .map(builds::physical)
            .filter(Files::isDirectory)
            .findFirst()
            .orElseThrow();
    var checked = 0;
    for (var seen : expected.asObject().entrySet()) {
      if (!DIFFERENT.contains(seen.getKey())) {
        var contents = Files.readAllBytes(tree.resolve(seen.getKey()));
        compare(seen.getKey(), seen.getValue(), new String(contents, StandardCharsets.UTF_8));
        checked++;
      }
    }
    checkRest(tree, expected);
    return checked + 2;
  }

  /// kiln's logs lie as Nix's do, and are not packed: `kiln log` shows them, and so does `cat`.
  private static void checkLog(Builds builds, Json one) throws Exception {
    var derivation = one.require("drv_path").asString().substring("/nix/store/".length());
    var log = "drvs/" + derivation.substring(0, 2) + "/" + derivation.substring(2);
    assertThat(one.require("log_file_relative").asString())
        .isEqualTo("nix/var/log/nix/" + log + ".bz2");
    assertThat(one.require("log_file_exists_and_is_bzip2").asBoolean()).isTrue();
    var lines = Files.readAllLines(builds.store.resolve("log").resolve(log));
    var said = one.require("observed").require("log_lines_after_first").asStrings();
    for (var i = 0; i < said.size(); i++) {
      if (said.get(i).startsWith("ETC ")) {
        assertThat(ETC).containsAll(List.of(said.get(i).split(" ", -1)));
        assertThat(lines.get(i + 1)).startsWith("ETC ");
      } else {
        assertThat(lines.get(i + 1)).isEqualTo(said.get(i));
      }
    }
    assertThat(lines).hasSize(said.size() + 1);
  }

  /// The arguments, the program by its path or its name, and the root directory but for the
  /// libraries.
  private static void checkRest(Path tree, Json expected) throws Exception {
    var arguments = Files.readString(tree.resolve("cmdline")).split("\0", -1);
    var words = expected.require("cmdline").asStrings();
    assertThat(arguments).hasSize(words.size() + 1);
    assertThat(Arrays.asList(arguments).subList(1, words.size()))
        .isEqualTo(words.subList(1, words.size()));
    assertThat(arguments[0]).isIn(words.getFirst(), "/bin/" + words.getFirst());
    var root = new TreeSet<>(Files.readAllLines(tree.resolve("ls-root")));
    root.removeAll(LIBRARIES);
    assertThat(root).containsExactlyElementsOf(expected.require("ls-root").asStrings());
  }

  private static void compare(String name, Json expected, String seen) throws Exception {
    if (name.equals("environ")) {
      assertThat(variables(seen)).isEqualTo(variables(expected));
    } else if (name.startsWith("ls-")) {
      assertThat(seen.lines().sorted().toList()).as(name).isEqualTo(expected.asStrings());
    } else {
      // Nix 2.8 does not say yet that these paths are valid (nix-store.md §17.1).
      assertThat(seen.replace(",\"valid\":true", "")).as(name).isEqualTo(expected.asString());
    }
  }

  private static Map<String, String> variables(String environ) {
    var variables = new TreeMap<String, String>();
    for (var variable : environ.split("\0", -1)) {
      if (!variable.isEmpty()) {
        var equals = variable.indexOf('=');
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return variables;
  }

  /// Nix 2.8 names the host's path of the attribute files where the builder's is right.
  private static Map<String, String> variables(Json expected) throws Exception {
    var variables = new TreeMap<String, String>();
    for (var variable : expected.asObject().entrySet()) {
      var value = variable.getValue().asString();
      var isFile = variable.getKey().matches("NIX_ATTRS_(JSON|SH)_FILE");
      variables.put(
          variable.getKey(), isFile ? "/build" + value.substring(value.lastIndexOf('/')) : value);
    }
    return variables;
  }

  public static int behaviour(Json file, Path scratch) throws Exception {
    var builds = new Builds(scratch);
    try {
      var seed = file.find("generator").flatMap(generator -> generator.find("seed"));
      var behaviour = new Behaviour(builds, seed.isPresent() ? seed.get().asString() : "");
      behaviour.recognise(file.require("cases").asArray());
      var checked = 0;
      for (var one : file.require("cases").asArray()) {
        checked += behaviour.check(one);
      }
      for (var one : file.require("checks").asArray()) {
        checked += behaviour.again(one);
      }
      for (var one : file.require("verify").asArray()) {
        checked += behaviour.verify(one);
      }
      return checked;
    } finally {
      builds.delete();
    }
  }

  static int mode(Path path) throws Exception {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }
}
