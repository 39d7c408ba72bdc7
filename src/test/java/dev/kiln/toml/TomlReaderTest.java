package dev.kiln.toml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.memo.Memo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked // a test that meets null fails, as it should
class TomlReaderTest {
  @TempDir Path folder;
  private Path file;
  private TomlReader reader;

  @BeforeEach
  void start() {
    file = folder.resolve("Cargo.toml");
    reader = TomlReader.remembering(new Memo(folder.resolve("memo")));
  }

  private TomlTable read(String text) throws Exception {
    Files.writeString(file, text);
    return reader.read(file).root();
  }

  private List<Path> remembered() throws IOException {
    var kinds = folder.resolve("memo").resolve("toml-1");
    if (!Files.exists(kinds)) {
      return List.of();
    }
    try (var files = Files.list(kinds)) {
      return files.toList();
    }
  }

  @Test
  void whatIsReadBackIsWhatWasParsed() throws Exception {
    var text =
        """
        [package]
        name = "größe \\n 1:2 {"
        n = -12
        f = 1.5
        yes = true
        no = false
        [a.b]
        list = ["x", ["y", 3], {k = "v"}, ""]
        [[a.c]]
        [[a.c]]
        d = 1
        """;
    var parsed = read(text);
    assertThat(remembered()).hasSize(1);
    var again = read(text);
    for (var key : parsed.keys()) {
      assertThat(again.value(key).toJson()).isEqualTo(parsed.value(key).toJson());
      assertThat(again.value(key).place()).isEqualTo(parsed.value(key).place());
    }
    assertThat(again.keys()).containsExactlyElementsOf(parsed.keys());
    assertThat(again.table("package").string("name")).isEqualTo("größe \n 1:2 {");
  }

  @Test
  void failuresNameTheSamePlaces() throws Exception {
    var text = "[package]\nname = 1\nkeys = [\n  true,\n]\n";
    var parsed = read(text).table("package");
    var again = read(text).table("package");
    assertThat(again.value("name").failure("no").getMessage())
        .isEqualTo(parsed.value("name").failure("no").getMessage());
    assertThat(again.array("keys").getFirst().failure("no").getMessage())
        .isEqualTo(parsed.array("keys").getFirst().failure("no").getMessage());
    assertThat(again.failure("no").getMessage()).isEqualTo(parsed.failure("no").getMessage());
  }

  @Test
  void theMemoIsWhatIsRead() throws Exception {
    var text = "name = 'first'\n";
    read(text);
    var memo = remembered().getFirst();
    Files.writeString(memo, Files.readString(memo).replace("first", "other"));
    assertThat(read(text).string("name")).isEqualTo("other");
    assertThat(read("name = 'third'\n").string("name")).isEqualTo("third");
  }

  @Test
  void aDateIsParsedEachTime() throws Exception {
    assertThat(read("day = 2020-01-01\nname = 'x'\n").string("name")).isEqualTo("x");
    assertThat(remembered()).isEmpty();
  }

  @Test
  void aBrokenFileIsParsedEachTime() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> read("name = \n")).hasMessageContaining("Cargo.toml:1");
    }
  }
}
