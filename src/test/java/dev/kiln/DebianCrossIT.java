package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.toolchain.Elf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One command each: the sample workspace for another target, with compiler, C library and
/// everything else from Debian's packages. Builders see a tree of these packages and nothing of
/// this machine; the programs run here, those for another processor in qemu.
@Needs({"bwrap", "qemu-aarch64-static"})
@TestMethodOrder(OrderAnnotation.class)
class DebianCrossIT {
  private static final int MOVABLE = 3;

  @TempDir static Path temp;
  private static KilnProgram kiln;
  private static Path workshop;

  @BeforeAll
  static void aCopyOfTheWorkshop() throws Exception {
    kiln = new KilnProgram(temp.resolve("places"));
    workshop = KilnProgram.copyFixture("workshop", temp.resolve("workshop"));
  }

  @ParameterizedTest
  @Order(1)
  @CsvSource({
    "x86_64-unknown-linux-musl,  62,  true,  true",
    "aarch64-unknown-linux-gnu,  183, false, true",
    "aarch64-unknown-linux-musl, 183, true,  false",
  })
  void aProgramForAnotherTarget(String target, int machine, boolean isStatic, boolean isMovable)
      throws Exception {
    var built = kiln.build(workshop, "--locked", "--toolchain", "debian-12", "--target", target);
    assertThat(built.run().code()).as(built.run().err()).isZero();

    var program = workshop.resolve("result/bin/fire").toRealPath();
    var elf = Elf.read(program).orElseThrow();
    var head = ByteBuffer.wrap(Files.readAllBytes(program)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(head.getShort(18)).as("the machine").isEqualTo((short) machine);
    assertThat(head.getShort(16) == MOVABLE).as("position-independent").isEqualTo(isMovable);
    assertThat(elf.interpreter() == null).as("has no interpreter").isEqualTo(isStatic);
    assertThat(elf.needed().isEmpty()).as("needs no library").isEqualTo(isStatic);
    assertThat(elf.runPaths()).isEmpty();
    assertThat(new String(head.array(), StandardCharsets.ISO_8859_1))
        .doesNotContain("/kiln/store")
        .doesNotContain(temp.toString());

    var run = run("--target", target);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(" for " + target + ", on Linux")
        .contains("fired at 1240 degrees, compiled from native/clay.c")
        .endsWith("argument x\n");
  }

  @Test
  @Order(2)
  void severalTargetsAtOnceAreWhatEachIsByItself() throws Exception {
    var built =
        kiln.build(
            workshop,
            "--locked",
            "--offline",
            "--toolchain",
            "debian-12",
            "--target",
            "x86_64-unknown-linux-musl",
            "--target",
            "aarch64-unknown-linux-gnu",
            "--target",
            "aarch64-unknown-linux-musl");
    assertThat(built.run().code()).as(built.run().err()).isZero();
    assertThat(built.report().built()).as("what a target adds changes no other's keys").isZero();
    assertThat(workshop.resolve("result/aarch64-unknown-linux-musl/bin/fire")).isExecutable();
  }

  @Test
  @Order(3)
  void testsForAnotherProcessorRun() throws Exception {
    var tested = KilnProgram.copyFixture("tested", temp.resolve("tested"));

    var run =
        kiln.run(
            tested,
            "test",
            "--toolchain",
            "debian-12",
            "--target",
            "aarch64-unknown-linux-musl",
            "--target",
            "aarch64-unknown-linux-gnu");

    assertThat(run.code()).as(run.err() + run.out()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("test result: ok")))
        .as("library, program, integration and documentation tests of each")
        .hasSize(8);
  }

  private static KilnProgram.Run run(String... arguments) throws Exception {
    return kiln.run(
        workshop,
        "run",
        "-q",
        "--locked",
        "--toolchain",
        "debian-12",
        arguments[0],
        arguments[1],
        "--bin",
        "fire",
        "--",
        "x");
  }
}
