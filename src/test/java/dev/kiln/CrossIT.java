package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Builds for a named target with the installed rustc, whose only standard library is the host's.
@Needs({"rustc", "cc", "bwrap"})
@TestMethodOrder(OrderAnnotation.class)
class CrossIT {
  private static final String HOST = "x86_64-unknown-linux-gnu";

  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path workshop;

  @BeforeAll
  static void aCopyOfTheWorkshop() throws IOException {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.resolve("workshop"));
  }

  @Test
  @Order(1)
  void aLinkerOutsideOfTheSystemIsSeenByBuildersAndInTheKey() throws Exception {
    var linker = Files.createDirectories(temp.resolve("cross/bin")).resolve("our-cc");
    Files.writeString(linker, "#!/bin/sh\nexec cc \"$@\"\n");
    assertThat(linker.toFile().setExecutable(true)).isTrue();

    var built =
        kiln.build(
            workshop,
            "--offline",
            "--target",
            HOST,
            "--config",
            "target.'cfg(unix)'.linker=\"" + linker + "\"");

    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(linkers(built.report())).as("a linker outside of /usr").contains("linker=" + linker);

    Files.writeString(linker, "#!/bin/sh\n# changed\nexec cc \"$@\"\n");
    var changed =
        kiln.build(
            workshop,
            "--offline",
            "--target",
            HOST,
            "--config",
            "target.'cfg(unix)'.linker=\"" + linker + "\"");
    assertThat(changed.report().in("built"))
        .as("what links or runs a script, and nothing else")
        .anyMatch(unit -> unit.endsWith(" fire bin"))
        .noneMatch(unit -> unit.contains("geometry"));
  }

  @Test
  @Order(2)
  void oneTargetHasNoFolderOfItsOwn() throws Exception {
    var built = kiln.build(workshop, "--offline", "--target", HOST);
    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(workshop.resolve("result/bin/fire")).isExecutable();
    assertThat(workshop.resolve("result/" + HOST)).doesNotExist();
  }

  @Test
  @Order(3)
  void aRunnerIsConfigured() throws Exception {
    var run =
        kiln.run(
            workshop,
            Map.of("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", "/bin/echo with words"),
            "run",
            "--offline",
            "--bin",
            "fire",
            "--target",
            HOST,
            "--",
            "x");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("with words /").endsWith("/fire x\n");

    var two =
        kiln.run(
            workshop,
            "run",
            "--offline",
            "--bin",
            "fire",
            "--config",
            "target.'cfg(unix)'.runner='a'",
            "--config",
            "target.'cfg(target_os = \"linux\")'.runner='b'");
    assertThat(two.code()).isEqualTo(101);
    assertThat(two.err()).contains("several matching instances of `target.'cfg(..)'.runner`");
  }

  @Test
  @Order(4)
  void whatIsMissingIsNamed() throws Exception {
    assertThat(failure("--target", "aarch64-unknown-linux-gun"))
        .contains("hint: did you mean `aarch64-unknown-linux-gnu`?");
    assertThat(failure("--target", "sparc64-unknown-linux-gnu"))
        .contains("has no standard library for sparc64-unknown-linux-gnu")
        .contains("rustup target add sparc64-unknown-linux-gnu")
        .contains("--toolchain debian-12")
        .contains("-Z build-std");
    assertThat(failure("--toolchain", "debian-21")).contains("hint: did you mean `debian-12`?");
    assertThat(failure("--target", "some.json"))
        .contains("`.json` target specs require -Zjson-target-spec");
    assertThat(failure("--target", "some.json", "-Zjson-target-spec"))
        .contains("some.json` is not a valid file");
  }

  @Test
  @Order(5)
  void aStableRustcKnowsACustomTarget() throws Exception {
    Files.writeString(
        workshop.resolve("my-os.json"),
        """
        {
          "arch": "x86_64", "os": "linux", "env": "musl", "target-pointer-width": 64,
          "llvm-target": "x86_64-unknown-linux-musl", "linker-flavor": "gnu-cc",
          "data-layout": "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
        }
        """);
    assertThat(failure("--target", "my-os.json", "-Zjson-target-spec"))
        .contains("has no standard library for my-os")
        .contains("-Z build-std");
  }

  @Test
  @Order(6)
  void whatATargetHasNoFilesForIsRefusedBeforeAnythingIsBuilt() throws Exception {
    var shared = Files.createDirectories(temp.resolve("shared"));
    Files.createDirectories(shared.resolve("src"));
    Files.writeString(shared.resolve("src/lib.rs"), "");
    Files.writeString(
        shared.resolve("Cargo.toml"),
        """
        [package]
        name = "shared"
        version = "1.0.0"
        edition = "2024"
        [lib]
        crate-type = ["cdylib"]
        """);
    Files.writeString(
        shared.resolve("Cargo.lock"),
        "version = 4\n\n[[package]]\nname = \"shared\"\nversion = \"1.0.0\"\n");
    var built = kiln.run(shared, "build", "--offline", "--target", "x86_64-unknown-linux-musl");
    assertThat(built.code()).isEqualTo(101);
    assertThat(built.err())
        .isEqualTo(
            "error: cannot produce cdylib for `shared v1.0.0 (%s)` as the target"
                    .formatted(shared.toRealPath())
                + " `x86_64-unknown-linux-musl` does not support these crate types\n");
  }

  private static String failure(String... arguments) throws Exception {
    var built = kiln.run(workshop, join(List.of("build", "--offline"), arguments));
    assertThat(built.code()).isEqualTo(101);
    assertThat(built.err()).doesNotContain("\tat ");
    return built.err();
  }

  private static String[] join(List<String> first, String... more) {
    var all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Set<String> linkers(KilnProgram.Report report) throws KilnException {
    var found = new TreeSet<String>();
    for (var unit : report.units()) {
      for (var argument : unit.require("argv").asArray()) {
        if (argument.asString().startsWith("linker=")) {
          found.add(argument.asString());
        }
      }
    }
    return found;
  }
}
