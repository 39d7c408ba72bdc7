package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.archive.Trees;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.format.ExportEntry;
import dev.kiln.store.format.ExportReader;
import dev.kiln.store.format.ExportWriter;
import dev.kiln.store.format.NarInfo;
import dev.kiln.store.format.PublicKey;
import dev.kiln.store.format.Realisation;
import dev.kiln.store.format.SecretKey;
import dev.kiln.store.format.Signature;
import dev.kiln.store.format.Trust;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Damages what real Nix wrote, 10,000 times from one seed: whatever is still accepted must be
/// exactly what it says, and whatever is refused leaves nothing behind.
@Timeout(120)
class MutationTest {
  private static final int TIMES = 2_000;

  @TempDir private Path scratch;

  /// Takes mutated bytes; answers whether they were accepted.
  private interface Reader {
    boolean accepts(byte[] mutated) throws IOException, KilnException;
  }

  @Test
  void damagedNarsAreRefusedOrComeBackAsTheyWere() throws Exception {
    var seeds = new ArrayList<byte[]>();
    for (var vector : vectors("nar.json").require("cases").asArray()) {
      seeds.add(Vectors.bytes(vector, "nar"));
    }
    for (var vector : vectors("source-paths.json").require("cases").asArray()) {
      if (vector.find("nar_base64").isPresent()) {
        seeds.add(Vectors.bytes(vector, "nar"));
      }
    }
    var place = scratch.resolve("nar");
    mutate(
        seeds,
        1,
        mutated -> {
          var in = new ByteArrayInputStream(mutated);
          NarReader.restore(in, place);
          var again = new ByteArrayOutputStream();
          NarWriter.dump(place, again);
          Trees.delete(place);
          assertThat(again.toByteArray()).isEqualTo(consumed(mutated, in));
          return true;
        });
  }

  @Test
  void damagedNarInfosAreRefusedOrSayTheSame() throws Exception {
    var file = vectors("binary-cache.json");
    var store = Vectors.storeDir(file, file);
    var seeds = new ArrayList<byte[]>();
    var fingerprints = new ArrayList<String>();
    for (var vector : file.require("cases").asArray()) {
      seeds.add(vector.require("narinfo").asString().getBytes(StandardCharsets.UTF_8));
      fingerprints.add(vector.require("fingerprint").asString());
    }
    var key = file.require("test_keys").require("public_key_file").asString();
    var trust = new Trust(List.of(PublicKey.parse(key)));
    mutate(
        seeds,
        2,
        mutated -> {
          var text = new String(mutated, StandardCharsets.UTF_8);
          var narInfo = NarInfo.parse(store, "mutated", text);
          assertThat(NarInfo.parse(store, "again", narInfo.text(store)).text(store))
              .isEqualTo(narInfo.text(store));
          if (!trust.accepts(store, narInfo.info())) {
            return false;
          }
          var fingerprint = Trust.fingerprint(store, narInfo.info());
          assertThat(
                  fingerprints.contains(new String(fingerprint, StandardCharsets.UTF_8))
                      || Trust.isContentAddressed(store, narInfo.info()))
              .as(text)
              .isTrue();
          return true;
        });
  }

  @Test
  void damagedDerivationsAreRefusedOrPrintedAlike() throws Exception {
    var file = vectors("derivations.json");
    var store = Vectors.storeDir(file, file);
    var seeds = new ArrayList<byte[]>();
    for (var vector : file.require("cases").asArray()) {
      seeds.add(vector.require("aterm").asString().getBytes(StandardCharsets.UTF_8));
    }
    mutate(
        seeds,
        3,
        mutated -> {
          var derivation = Derivation.parse(store, "mutated", mutated);
          assertThat(derivation.aterm(store)).isEqualTo(mutated);
          return true;
        });
  }

  @Test
  void damagedExportsAreRefusedOrExportedAlike() throws Exception {
    var file = vectors("export.json");
    var store = Vectors.storeDir(file, file);
    var seeds = new ArrayList<byte[]>();
    for (var vector : file.require("cases").asArray()) {
      seeds.add(Vectors.bytes(vector, "stream"));
    }
    var place = scratch.resolve("export");
    mutate(
        seeds,
        4,
        mutated -> {
          try {
            reexport(store, mutated, place);
            return true;
          } finally {
            Trees.delete(place);
          }
        });
  }

  private static void reexport(StoreDir store, byte[] mutated, Path place)
      throws IOException, KilnException {
    Files.createDirectory(place);
    var in = new ByteArrayInputStream(mutated);
    var reader = new ExportReader(store, in);
    var again = new ByteArrayOutputStream();
    var writer = new ExportWriter(store, again);
    for (var count = 0; reader.hasNext(); count++) {
      var tree = place.resolve("tree-" + count);
      var start = mutated.length - in.available();
      try {
        var small = reader.takeFile();
        if (small != null) {
          var file = small.file();
          judge(store, small.entry(), file.nar(), part(mutated, start, in));
          var nar = NarWriter.ofFile(file.contents().bytes(), file.executable());
          writer.write(small.entry(), out -> out.write(nar));
          continue;
        }
        var imported = reader.read(tree);
        judge(store, imported.entry(), imported.nar(), part(mutated, start, in));
        writer.write(imported.entry(), out -> NarWriter.dump(tree, out));
      } catch (IOException | KilnException e) {
        assertThat(tree).doesNotExist();
        throw e;
      }
    }
    writer.finish();
    // References may come in any order, and an old signature is not kept: only the size can differ.
    assertThat(again.size()).isLessThanOrEqualTo(consumed(mutated, in).length);
  }

  private static byte[] part(byte[] stream, int start, InputStream rest) throws IOException {
    return Arrays.copyOfRange(stream, start, stream.length - rest.available());
  }

  /// What was taken for an object must stand so in its part of the stream: the NAR first, then its
  /// path, its references and no others, its deriver.
  private static void judge(StoreDir store, ExportEntry entry, NarHash nar, byte[] part) {
    var size = (int) nar.size();
    assertThat(Digest.sha256(Arrays.copyOf(part, size))).isEqualTo(nar.hash());
    var said = new String(part, size, part.length - size, StandardCharsets.ISO_8859_1);
    assertThat(said).contains(store.resolve(entry.path()));
    entry.references().forEach(reference -> assertThat(said).contains(store.resolve(reference)));
    var deriver = entry.deriver();
    assertThat(deriver == null || said.contains(store.resolve(deriver))).isTrue();
    var named = said.split(Pattern.quote(store.path() + "/"), -1).length - 1;
    assertThat(named).isLessThanOrEqualTo(2 + entry.references().size());
  }

  @Test
  void damagedRealisationsAreRefusedOrSayTheSame() throws Exception {
    var secret = SecretKey.generate("mutation-1");
    var drv = StorePath.parse("0gdxz117mw0rsqjrqi36kj1pk4hbl9f7-fself-ds.drv");
    var out = StorePath.parse("h2qshb2q33948cg3z0rsqxvvi7av5gsl-fself-ds");
    var unsigned = new Realisation(drv, "out", out, List.of());
    var signature = secret.sign(unsigned.fingerprint()).toString();
    var signed = new Realisation(drv, "out", out, List.of(signature));
    assertThat(Realisation.parse(signed.text())).isEqualTo(signed);
    mutate(
        List.of(
            signed.text().getBytes(StandardCharsets.UTF_8),
            unsigned.text().getBytes(StandardCharsets.UTF_8)),
        5,
        mutated -> {
          var text = new String(mutated, StandardCharsets.UTF_8);
          var realisation = Realisation.parse(text);
          assertThat(Realisation.parse(realisation.text()).text()).isEqualTo(realisation.text());
          for (var one : realisation.signatures()) {
            var verified =
                secret.publicKey().verifies(Signature.parse(one), realisation.fingerprint());
            assertThat(
                    verified && !Arrays.equals(unsigned.fingerprint(), realisation.fingerprint()))
                .as(text)
                .isFalse();
          }
          return true;
        });
  }

  /// Damages seeds in turn. What goes wrong must be a sentence, or the file system's own refusal.
  private void mutate(List<byte[]> seeds, int seed, Reader reader) throws IOException {
    var random = new SplittableRandom(seed);
    var accepted = 0;
    for (var i = 0; i < TIMES; i++) {
      var mutated = mutated(seeds.get(i % seeds.size()), seeds, random);
      try {
        accepted += reader.accepts(mutated) ? 1 : 0;
      } catch (KilnException | FileSystemException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      try (var left = Files.list(scratch)) {
        assertThat(left).isEmpty();
      }
    }
    System.out.println("mutations: " + TIMES + " of " + seeds.size() + ", accepted " + accepted);
    assertThat(accepted).isLessThan(TIMES);
  }

  private static byte[] mutated(byte[] seed, List<byte[]> seeds, RandomGenerator random) {
    var bytes = seed.clone();
    for (var times = random.nextInt(1, 4); times > 0 && bytes.length > 0; times--) {
      var at = random.nextInt(bytes.length);
      var length = Math.min(random.nextInt(1, 24), bytes.length - at);
      bytes =
          switch (random.nextInt(7)) {
            case 0 -> flip(bytes, at, random);
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> splice(bytes, at, new byte[0], at + length);
            case 3 -> splice(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
            case 4 -> splice(bytes, at, new byte[] {(byte) random.nextInt(256)}, at);
            case 5 -> integer(bytes, at & ~7, random);
            default -> {
              var other = seeds.get(random.nextInt(seeds.size()));
              var from = other.length == 0 ? 0 : random.nextInt(other.length);
              var to = Math.min(other.length, from + length);
              yield splice(bytes, at, Arrays.copyOfRange(other, from, to), at + length);
            }
          };
    }
    return bytes;
  }

  private static byte[] flip(byte[] bytes, int at, RandomGenerator random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  /// Puts a number where NARs may have a length.
  private static byte[] integer(byte[] bytes, int at, RandomGenerator random) {
    long[] numbers = {0, 1, 8, 255, 256, 4096, Integer.MAX_VALUE, 1L << 40, -1, Long.MIN_VALUE};
    var number = numbers[random.nextInt(numbers.length)];
    for (var i = 0; i < 8 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >>> (8 * i));
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, byte[] part, int rest) {
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(part);
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }

  private static byte[] consumed(byte[] bytes, InputStream rest) throws IOException {
    return Arrays.copyOf(bytes, bytes.length - rest.available());
  }

  private static Json vectors(String name) throws Exception {
    var place = "/vectors/nix-store/" + name;
    try (var in = Objects.requireNonNull(MutationTest.class.getResourceAsStream(place))) {
      return Json.parse(in.readAllBytes());
    }
  }
}
