package dev.kiln;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Assertions;

/// The rooms and the doors between them. Every room listed needs at least a package-info.
@AnalyzeClasses(packages = "dev.kiln", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /// Each room, and the rooms it may use. A room not named here fails the test.
  private static final Map<String, List<String>> DOORS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("digest", List.of()),
              Map.entry("json", List.of()),
              Map.entry("event", List.of()),
              Map.entry("toml", List.of("memo")),
              Map.entry("memo", List.of("digest")),
              Map.entry("archive", List.of("digest")),
              Map.entry("process", List.of()),
              Map.entry("store", List.of("json", "digest", "archive", "process")),
              Map.entry("manifest", List.of("toml", "digest")),
              Map.entry("lockfile", List.of("toml", "manifest")),
              Map.entry(
                  "fetch",
                  List.of(
                      "digest",
                      "archive",
                      "event",
                      "json",
                      "memo",
                      "process",
                      "store",
                      "toml",
                      "manifest",
                      "lockfile")),
              Map.entry(
                  "toolchain",
                  List.of("digest", "json", "memo", "store", "manifest", "archive", "toml")),
              Map.entry("resolve", List.of("manifest", "lockfile", "toolchain")),
              Map.entry("plan", List.of("json", "manifest", "lockfile", "toolchain", "resolve")),
              Map.entry(
                  "derivation",
                  List.of(
                      "digest",
                      "json",
                      "store",
                      "manifest",
                      "toolchain",
                      "plan",
                      "build",
                      "builder")),
              Map.entry("builder", List.of("store")),
              Map.entry("sandbox", List.of("builder", "process", "store")),
              Map.entry("build", List.of("digest", "json", "manifest", "toolchain", "plan")),
              Map.entry(
                  "realise",
                  List.of(
                      "process",
                      "build",
                      "builder",
                      "derivation",
                      "plan",
                      "manifest",
                      "toolchain",
                      "store",
                      "event",
                      "digest",
                      "fetch")),
              Map.entry(
                  "report",
                  List.of(
                      "json",
                      "event",
                      "realise",
                      "build",
                      "derivation",
                      "plan",
                      "manifest",
                      "store",
                      "resolve",
                      "lockfile")),
              Map.entry(
                  "ops",
                  List.of(
                      "json",
                      "digest",
                      "event",
                      "memo",
                      "toml",
                      "archive",
                      "process",
                      "store",
                      "manifest",
                      "lockfile",
                      "fetch",
                      "toolchain",
                      "resolve",
                      "plan",
                      "derivation",
                      "builder",
                      "sandbox",
                      "build",
                      "realise",
                      "report")),
              Map.entry(
                  "cli",
                  List.of(
                      "json",
                      "ops",
                      "report",
                      "event",
                      "store",
                      "digest",
                      "archive",
                      "process",
                      "plan",
                      "manifest",
                      "builder"))));

  /// Libraries that one room only may see.
  private static final Map<String, String> KEEPERS =
      Map.of(
          "org.tomlj..", "toml",
          "org.zeroturnaround..", "process",
          "org.apache.commons.compress..", "archive",
          "org.tukaani..", "archive",
          "com.github.luben..", "archive",
          "picocli..", "cli",
          "io.grpc..", "remote");

  @ArchTest
  void roomsOpenOnlyTheirOwnDoors(JavaClasses kiln) {
    DOORS.forEach((room, doors) -> {
      var allowed = new ArrayList<>(List.of("dev.kiln", "dev.kiln." + room + ".."));
      doors.forEach(door -> allowed.add("dev.kiln." + door + ".."));
      classes()
          .that()
          .resideInAPackage("dev.kiln." + room + "..")
          .should()
          .onlyDependOnClassesThat(
              resideOutsideOfPackage("dev.kiln..")
                  .or(resideInAnyPackage(allowed.toArray(String[]::new))))
          .check(kiln);
    });
  }

  @ArchTest
  static final ArchRule noCycles = slices().matching("dev.kiln.(*)..").should().beFreeOfCycles();

  @ArchTest
  void everyRoomIsDeclared(JavaClasses kiln) {
    for (JavaClass type : kiln) {
      var parts = type.getPackageName().split("\\.", -1);
      Assertions.assertTrue(parts.length == 2 || DOORS.containsKey(parts[2]), type.getFullName());
    }
  }

  @ArchTest
  void everyPackageIsNullMarked(JavaClasses kiln) {
    for (var room : DOORS.keySet()) {
      Assertions.assertTrue(
          kiln.getPackage("dev.kiln." + room).isAnnotatedWith(NullMarked.class), room);
    }
  }

  @ArchTest
  void eachLibraryHasOneKeeper(JavaClasses kiln) {
    KEEPERS.forEach((library, room) ->
        noClasses()
            .that(resideOutsideOfPackage("dev.kiln." + room + ".."))
            .should()
            .dependOnClassesThat(resideInAPackage(library))
            .allowEmptyShould(true)
            .check(kiln));
  }

  @ArchTest
  static final ArchRule pathsAreInjected =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.kiln.cli..")
          .should()
          .callMethod(Path.class, "of", String.class, String[].class)
          .because("only the command line knows the real file system");

  @ArchTest
  static final ArchRule filesAreForChildProcesses =
      noClasses()
          .that(resideOutsideOfPackages("dev.kiln.cli..", "dev.kiln.process.."))
          .and()
          .doNotHaveFullyQualifiedName("dev.kiln.store.Canonical") // which asks for the file system
          .should()
          .callMethod(Path.class, "toFile");

  @ArchTest
  static final ArchRule environmentIsInjected =
      noClasses()
          .that(resideOutsideOfPackage("dev.kiln.cli.."))
          .should()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule noStandardStreams =
      GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
}
