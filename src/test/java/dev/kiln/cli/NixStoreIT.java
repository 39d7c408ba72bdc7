package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.archive.FileNames;
import dev.kiln.archive.Trees;
import dev.kiln.digest.ByteString;
import dev.kiln.store.TestStores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix is the judge: equal paths, NARs, derivations and outputs, and streams that go both
/// ways.
@Needs({"nix-store", "nix-instantiate", "bwrap"})
class NixStoreIT {
  private static final long SEED = 20261124;
  private static final int TREES = 120;
  private static final int GRAPHS = 50;

  @TempDir Path directory;
  private String ours = "s";

  @BeforeEach
  void makeNixStore() throws IOException {
    Files.createDirectories(directory.resolve("nix"));
  }

  @AfterEach
  void deleteStores() throws Exception {
    TestStores.delete(directory.resolve("s"));
    TestStores.delete(directory.resolve("second"));
    Trees.delete(directory.resolve("nix"));
    Trees.delete(directory.resolve("nix2"));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Ran(int code, byte[] out) {
    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }
  }

  private Ran nix(byte[] input, List<String> command) throws Exception {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("NIX_REMOTE", "local?root=" + directory.resolve("nix"));
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("NIX_CONFIG", "substitute = false\nbuild-users-group =\n");
    builder.redirectError(directory.resolve("nix.err").toFile());
    var process = builder.start();
    var feeder =
        Thread.ofVirtual()
            .start(() -> {
              try (var in = process.getOutputStream()) {
                in.write(input);
              } catch (IOException e) {
                return; // it did not read to the end
              }
            });
    var out = process.getInputStream().readAllBytes();
    feeder.join();
    return new Ran(process.waitFor(), out);
  }

  private String nixText(String... command) throws Exception {
    var ran = nix(new byte[0], List.of(command));
    assertThat(ran.code()).as(Files.readString(directory.resolve("nix.err"))).isZero();
    return ran.text().strip();
  }

  private Ran kiln(byte[] input, List<String> args) {
    var all = new ArrayList<>(List.of("--store", ours, "--store-dir", "/nix/store"));
    all.addAll(args);
    var out = new ByteArrayOutputStream();
    var code = CommandLines.kiln(directory, input, all, out);
    return new Ran(code, out.toByteArray());
  }

  private String kilnText(List<String> args) {
    var ran = kiln(new byte[0], args);
    assertThat(ran.code()).isZero();
    return ran.text().strip();
  }

  @Test
  void randomTreesHaveEqualPathsAndNars() throws Exception {
    var random = new Random(SEED);
    var trees = Files.createDirectory(directory.resolve("trees"));
    var names = new ArrayList<String>();
    for (var i = 0; i < TREES; i++) {
      names.add("trees/t" + i);
      tree(random, trees.resolve("t" + i), 0);
    }
    var command = new ArrayList<>(List.of("nix-store", "--add"));
    command.addAll(names);
    var theirs = nixText(command.toArray(String[]::new)).lines().toList();
    for (var i = 0; i < TREES; i++) {
      assertThat(kilnText(List.of("store", "add", names.get(i)))).isEqualTo(theirs.get(i));
    }
    for (var i = 0; i < TREES; i += 10) {
      assertThat(kiln(new byte[0], List.of("store", "dump", theirs.get(i))).out())
          .isEqualTo(nix(new byte[0], List.of("nix-store", "--dump", names.get(i))).out());
    }
    var exporting = new ArrayList<>(List.of("store", "export"));
    exporting.addAll(theirs.subList(0, 50));
    var stream = kiln(new byte[0], exporting).out();
    Trees.delete(directory.resolve("nix"));
    assertThat(nix(stream, List.of("nix-store", "--import")).code()).isZero();
    assertThat(nix(new byte[0], List.of("nix-store", "--verify", "--check-contents")).code())
        .isZero();
    var back = new ArrayList<>(List.of("nix-store", "--export"));
    back.addAll(theirs.subList(0, 50));
    var theirStream = nix(new byte[0], back).out();
    ours = "second";
    assertThat(kiln(theirStream, List.of("store", "import")).text().lines()).hasSize(50);
    assertThat(kiln(new byte[0], List.of("store", "verify", "--check-contents")).code()).isZero();
  }

  private static void tree(Random random, Path place, int depth) throws IOException {
    switch (random.nextInt(depth == 0 ? 6 : 4)) {
      case 0 -> {
        Files.write(place, bytes(random, random.nextInt(4) == 0 ? 70_000 : 40));
        var mode = List.of("rw-r--r--", "rwxr-xr-x", "rw-------", "r-x------", "rw-rw-rwx");
        Files.setPosixFilePermissions(
            place, PosixFilePermissions.fromString(mode.get(random.nextInt(mode.size()))));
      }
      case 1 -> FileNames.createLink(place, ByteString.of(linkTarget(random)));
      default -> {
        Files.createDirectory(place);
        var names = new HashSet<ByteString>();
        for (var i = random.nextInt(depth > 5 ? 1 : 5); i > 0; i--) {
          var name = name(random);
          if (names.add(name)) {
            tree(random, FileNames.resolve(place, name), depth + 1);
          }
        }
      }
    }
  }

  private static byte[] bytes(Random random, int most) {
    var bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String linkTarget(Random random) {
    return List.of("a", "../b/", "/nowhere//x", ".", "ü", "a b").get(random.nextInt(6));
  }

  private static ByteString name(Random random) {
    if (random.nextInt(3) == 0) {
      return ByteString.of(
          List.of("ä", "a b", "%41", "\"q\"", ".hidden", "日本", "~").get(random.nextInt(7)));
    }
    var bytes = new byte[1 + random.nextInt(6)];
    for (var i = 0; i < bytes.length; i++) {
      do {
        bytes[i] = (byte) (1 + random.nextInt(255));
      } while (bytes[i] == '/' || bytes[i] == '.');
    }
    return ByteString.of(bytes);
  }

  /// Signed by either, compressed by either, read by the other.
  @Test
  void cachesGoBothWays() throws Exception {
    var tree = Files.createDirectory(directory.resolve("tree"));
    Files.writeString(tree.resolve("f"), "x".repeat(100_000));
    Files.createSymbolicLink(tree.resolve("l"), Path.of("f"));
    var path = nixText("nix-store", "--add", tree.toString());
    assertThat(kilnText(List.of("store", "add", tree.toString()))).isEqualTo(path);
    var nix = List.of("nix", "--extra-experimental-features", "nix-command");
    var key = directory.resolve("key");
    Files.writeString(key, kilnText(List.of("key", "generate-secret", "--key-name", "k-1")));
    var theirs = "file://" + directory.resolve("theirs") + "?secret-key=" + key;
    var own = "file://" + directory.resolve("own") + "?secret-key=" + key;
    nixText(words(nix, "copy", "--to", theirs, path));
    kilnText(List.of("store", "copy", "--to", own, path));
    var narinfo = path.substring("/nix/store/".length()).substring(0, 32) + ".narinfo";
    assertThat(facts(directory.resolve("own"), narinfo))
        .isEqualTo(facts(directory.resolve("theirs"), narinfo))
        .anyMatch(line -> line.startsWith("Sig: k-1:"))
        .contains("Compression: xz");
    nixText(words(nix, "--store", directory + "/nix2", "copy", "--from", own, path));
    nixText("nix-store", "--store", directory + "/nix2", "--verify", "--check-contents");
    ours = "second";
    kilnText(List.of("store", "copy", "--from", "file://" + directory.resolve("theirs"), path));
    kilnText(List.of("store", "verify", "--check-contents"));
    assertThat(kilnText(List.of("store", "query", "--hash", path)))
        .isEqualTo(nixText("nix-store", "-q", "--hash", path));
  }

  private static String[] words(List<String> first, String... rest) {
    var all = new ArrayList<>(first);
    all.addAll(List.of(rest));
    return all.toArray(String[]::new);
  }

  /// The lines of a narinfo without those that two compressors make differently.
  private static List<String> facts(Path cache, String narinfo) throws IOException {
    return Files.readAllLines(cache.resolve(narinfo)).stream()
        .filter(line -> !line.startsWith("URL: ") && !line.startsWith("File"))
        .toList();
  }

  @Test
  void randomDerivationsHaveEqualPathsAndOutputs() throws Exception {
    var random = new Random(SEED);
    var all = new ArrayList<String>();
    for (var i = 0; i < GRAPHS; i++) {
      all.add(graph(random, i));
    }
    Files.writeString(directory.resolve("g.nix"), "[ " + String.join("\n", all) + " ]");
    var derivations = nixText("nix-instantiate", "g.nix").lines().distinct().toList();
    var query = new ArrayList<>(List.of("nix-store", "-qR"));
    query.addAll(derivations);
    var closure = nixText(query.toArray(String[]::new)).lines().toList();
    addAll(closure);

    var shell = List.of("/bin", "/lib", "/lib64", "/usr");
    var theirs = new ArrayList<>(List.of("nix-store", "--realise", "--option", "sandbox-paths"));
    theirs.add(String.join(" ", shell));
    theirs.addAll(derivations.subList(0, 10));
    var ours = new ArrayList<>(List.of("store", "realise", "--no-build-output"));
    shell.forEach(path -> ours.addAll(List.of("--sandbox-path", path)));
    ours.addAll(derivations.subList(0, 10));
    var outputs = new HashSet<>(nixText(theirs.toArray(String[]::new)).lines().toList());
    assertThat(new HashSet<>(kilnText(ours).lines().toList())).isEqualTo(outputs);
    for (var output : outputs) {
      assertThat(kilnText(List.of("store", "query", "--hash", output)))
          .isEqualTo(nixText("nix-store", "-q", "--hash", output));
      assertThat(kilnText(List.of("store", "query", "--references", output)))
          .isEqualTo(nixText("nix-store", "-q", "--references", output));
    }
  }

  /// Adds sources from Nix's stream and derivations from their text: paths must come out the same.
  private void addAll(List<String> closure) throws Exception {
    var sources = new ArrayList<>(List.of("nix-store", "--export"));
    for (var path : closure) {
      if (!path.endsWith(".drv")) {
        sources.add(path);
      }
    }
    assertThat(kiln(nix(new byte[0], sources).out(), List.of("store", "import")).code()).isZero();
    for (var path : closure) {
      if (path.endsWith(".drv")) {
        var name = path.substring(path.indexOf('-') + 1, path.length() - 4);
        var text = Files.readAllBytes(directory.resolve("nix").resolve(path.substring(1)));
        var added = kiln(text, List.of("derivation", "add", "--name", name));
        assertThat(added.text().strip()).isEqualTo(path);
      }
    }
  }

  private static String graph(Random random, int number) {
    var text = new StringBuilder("(let ");
    var nodes = 1 + random.nextInt(3);
    for (var node = 0; node <= nodes; node++) {
      var uses = new StringBuilder();
      for (var earlier = 0; earlier < node; earlier++) {
        if (random.nextBoolean()) {
          uses.append(" ${n").append(earlier).append('}');
        }
      }
      text.append(
          """
          n%d = derivation {
            name = "g%d-%d"; system = "x86_64-linux"; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
            src = builtins.toFile "s%d" "text %d";
            args = [ "-c" "mkdir $out; echo%s > $out/uses; cat $src > $out/src; ln -s $out/src $out/l" ];
          };
          """
              .formatted(node, number, node, number, random.nextInt(10), uses));
    }
    return text.append("in n").append(nodes).append(')').toString();
  }
}
