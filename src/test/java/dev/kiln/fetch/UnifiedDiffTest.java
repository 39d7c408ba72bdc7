package dev.kiln.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnifiedDiffTest {
  @TempDir Path directory;

  @Test
  void hunksApplyWhereTheirLinesHaveMoved() throws Exception {
    var diff =
        UnifiedDiff.parse(
            """
            diff --git a/x b/x
            index 1..2 100644
            --- a/x\t2026-01-01
            +++ b/x\t2026-01-02
            @@ -2,2 +2,3 @@ fn head()
             b
            +new
             c
            @@ -8 +9 @@
            -h
            +H
            """);

    assertThat(diff.files()).hasSize(1);
    assertThat(diff.files().getFirst().from()).isEqualTo("x");
    assertThat(diff.files().getFirst().apply("a\nb\nc\nd\ne\nf\ng\nh\n"))
        .isEqualTo("a\nb\nnew\nc\nd\ne\nf\ng\nH\n");
    assertThat(diff.files().getFirst().apply("0\n1\na\nb\nc\nd\nh\n"))
        .isEqualTo("0\n1\na\nb\nnew\nc\nd\nH\n");
    assertThatThrownBy(() -> diff.files().getFirst().apply("a\nb\nx\nc\nh\n"))
        .hasMessage("what it changes at line 2 of x is not there");
  }

  @Test
  void filesComeAndGo() throws Exception {
    var diff =
        UnifiedDiff.parse(
            """
            --- /dev/null
            +++ b/new
            @@ -0,0 +1,2 @@
            +one
            +two
            \\ No newline at end of file
            --- a/old
            +++ /dev/null
            @@ -1 +0,0 @@
            -gone
            """);

    assertThat(diff.files()).extracting(UnifiedDiff.FileDiff::to).containsExactly("new", null);
    assertThat(diff.files().getFirst().apply("")).isEqualTo("one\ntwo");
    assertThat(diff.files().getLast().apply("gone\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "just a text\n",
        "--- a/x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n?a\n+b\n",
        "--- a/x\n+++ b/x\n@@ one @@\n",
        "rename from a\nrename to b\n",
      })
  void whatIsNoPatchIsAnError(String text) {
    assertThatThrownBy(() -> UnifiedDiff.parse(text))
        .hasMessageMatching("(?s).*(line|no file|middle).*");
  }

  /// GNU diff writes, and what comes out must be the file that it was given.
  @Test
  void whatDiffWritesIsApplied() throws Exception {
    var random = new Random(7);
    for (int round = 0; round < 20; round++) {
      var old = text(random, 60);
      var now = changed(random, old);
      var from = Files.writeString(directory.resolve("old"), old, StandardCharsets.ISO_8859_1);
      var to = Files.writeString(directory.resolve("now"), now, StandardCharsets.ISO_8859_1);
      var diff =
          run("diff", "-u", "--label", "a/f", "--label", "b/f", from.toString(), to.toString());
      if (!diff.isEmpty()) {
        assertThat(UnifiedDiff.parse(diff).files().getFirst().apply(old)).isEqualTo(now);
      }
    }
  }

  private static String text(Random random, int lines) {
    var text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append((char) ('a' + random.nextInt(26)))
          .append("\u00e9\u0080")
          .append(i % 7)
          .append('\n');
    }
    return random.nextBoolean() ? text.toString() : text.substring(0, text.length() - 1);
  }

  private static String changed(Random random, String old) {
    var lines = new ArrayList<>(List.of(old.split("(?<=\n)", -1)));
    for (int i = 0; i < 4; i++) {
      int at = random.nextInt(lines.size());
      if (random.nextBoolean()) {
        lines.remove(at);
      } else {
        lines.add(at, "new " + i + "\n");
      }
    }
    return String.join("", lines);
  }

  private String run(String... command) throws Exception {
    var out = directory.resolve("out");
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor()).isLessThan(2);
    return Files.readString(out, StandardCharsets.ISO_8859_1);
  }
}
