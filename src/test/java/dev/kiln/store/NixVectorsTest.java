package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.cli.BuildVectors;
import dev.kiln.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Consumes every file of vectors that real Nix made (nix-store.md §26): the copy in the test
/// resources, or the folder that the system property `kiln.vectors` names.
///
/// Each file has its check in [#CHECKS], or the reason why not in [#SKIPPED]; any other file fails,
/// and so does one that is not there. Facts within files that kiln does not have are in
/// [#SKIPPED_FACTS]. Counts and reasons are printed; an empty list counts nothing.
class NixVectorsTest {
  /// Checks one file; answers how many facts of it were compared.
  interface Check {
    int run(Json file, Path scratch) throws Exception;
  }

  private static final Map<String, Check> CHECKS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("base32.json", HashVectors::base32),
              Map.entry("behaviour.json", BuildVectors::behaviour),
              Map.entry("build-environment.json", BuildVectors::buildEnvironment),
              Map.entry("gc.json", StoreVectors::collecting),
              Map.entry("optimise.json", StoreVectors::optimising),
              Map.entry("hash-compress.json", HashVectors::compress),
              Map.entry("names.json", PathVectors::names),
              Map.entry("text-paths.json", PathVectors::texts),
              Map.entry("source-paths.json", SourceVectors::sources),
              Map.entry("fixed-output.json", PathVectors::fixed),
              Map.entry("references.json", ReferenceVectors::references),
              Map.entry("content-addressed.json", ContentVectors::contentAddressed),
              Map.entry("binary-cache.json", CacheVectors::binaryCaches),
              Map.entry("export.json", ExportVectors::exports),
              Map.entry("database.json", DatabaseVectors::database),
              Map.entry("derivations.json", DerivationVectors::derivations),
              Map.entry("nar.json", SourceVectors::nars)));

  /// Files whose checks run builders.
  private static final Set<String> BUILDING = Set.of("behaviour.json", "build-environment.json");

  /// Files that are not compared, and why.
  private static final Map<String, String> SKIPPED =
      Map.of("profiles.json", "kiln has no profiles: no verb of its command line makes one");

  private static final String ERRORS = "what Nix says of a fault, which kiln says in its own words";

  /// Facts that kiln does not have or share, by file and field, and why.
  private static final Map<String, Map<String, String>> SKIPPED_FACTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("META.json", Map.of("sha256", "for whoever copies the files")),
              Map.entry("base32.json", Map.of("parse[].error", ERRORS)),
              Map.entry(
                  "names.json",
                  Map.of(
                      "cases[].error",
                      ERRORS,
                      "cases[].path",
                      "of names that kiln refuses, as current Nix does")),
              Map.entry("fixed-output.json", Map.of("content[].error", ERRORS)),
              Map.entry("nar.json", Map.of("cases[].nix_2_8_error", ERRORS)),
              Map.entry("binary-cache.json", Map.of("accept[].error", ERRORS)),
              Map.entry("export.json", Map.of("cases[].import_error, bad_streams[].error", ERRORS)),
              Map.entry(
                  "content-addressed.json",
                  Map.of(
                      "cases[].old.deriver",
                      "its name is compared, the digest cannot: the derivation is not there")),
              Map.entry(
                  "database.json",
                  Map.of(
                      "schema_sql, state_files, journal_mode",
                      "kiln has no database: its records are files")),
              Map.entry(
                  "gc.json", Map.of("cases[].delete_one_by_one_until_success[].error", ERRORS)),
              Map.entry("build-environment.json", BuildVectors.SKIPPED_FACTS),
              Map.entry("behaviour.json", BuildVectors.SKIPPED_BEHAVIOUR)));

  @TempDir private Path scratch;

  @Test
  void everyFileIsThere() throws Exception {
    var expected = new TreeSet<>(CHECKS.keySet());
    expected.addAll(SKIPPED.keySet());
    var meta = Json.parse(Files.readAllBytes(folder().resolve("META.json")));
    assertThat(meta.require("files").asStrings()).containsExactlyElementsOf(expected);
    for (var name : expected) {
      assertThat(folder().resolve(name)).isRegularFile();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyFileHolds() throws Exception {
    return files(false);
  }

  @Needs("bwrap")
  @TestFactory
  Stream<DynamicTest> everyFileThatBuildsHolds() throws Exception {
    return files(true);
  }

  private Stream<DynamicTest> files(boolean building) throws Exception {
    try (var files = Files.list(folder())) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .filter(file -> !file.endsWith("META.json"))
          .filter(file -> BUILDING.contains(file.getFileName().toString()) == building)
          .sorted()
          .toList()
          .stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private void check(Path file) throws Exception {
    var name = file.getFileName().toString();
    var reason = SKIPPED.get(name);
    if (reason != null) {
      System.out.println("vectors: " + name + ": skipped: " + reason);
      return;
    }
    var check =
        Objects.requireNonNull(CHECKS.get(name), () -> name + " has vectors that nothing checks");
    var place = Files.createDirectory(scratch.resolve(name));
    var count = check.run(Json.parse(Files.readAllBytes(file)), place);
    System.out.println("vectors: " + name + ": " + count + " compared");
    SKIPPED_FACTS
        .getOrDefault(name, Map.of())
        .forEach((fact, why) ->
            System.out.println("vectors: " + name + ": skipped " + fact + ": " + why));
  }

  private static Path folder() throws Exception {
    var named = System.getProperty("kiln.vectors");
    return named != null
        ? Path.of(named)
        : Path.of(NixVectorsTest.class.getResource("/vectors/nix-store").toURI());
  }
}
