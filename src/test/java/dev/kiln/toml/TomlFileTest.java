package dev.kiln.toml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullUnmarked // a test that meets null fails, as it should
class TomlFileTest {
  private static final Path PATH = Path.of("/ws/Cargo.toml");

  private static TomlTable parse(String text) throws TomlError {
    return TomlFile.parse(PATH, text).root();
  }

  @Test
  void keysKeepTheirOrderAndDottedOnesAreTables() throws Exception {
    var root = parse("z = 1\na.b.c = 'x'\n[m]\nq = [1, {k = true}]\n");
    assertThat(root.keys()).containsExactly("z", "a", "m");
    assertThat(root.table("a").table("b").string("c")).isEqualTo("x");
    assertThat(root.table("m").array("q").get(1).table().bool("k")).isTrue();
  }

  @Test
  void aWrongTypeNamesTheValueAndItsPlace() throws Exception {
    var root = parse("[package]\nname = 1\n");
    assertThatThrownBy(() -> root.table("package").string("name"))
        .hasMessage(
            """
            invalid type: integer `1`, expected a string
             --> /ws/Cargo.toml:2:8
              |
            2 | name = 1
              |        ^\
            """);
  }

  @Test
  void aByteOrderMarkAndNewlinesInInlineTablesAreAccepted() throws Exception {
    assertThat(parse("\uFEFFa = 1").integer("a")).isEqualTo(1);
    assertThat(parse("a = {b = 1,\n c = 2,\n}\n").table("a").keys()).containsExactly("b", "c");
  }

  @Test
  void datesBecomeWhatSerdeMakesOfThem() throws Exception {
    assertThat(parse("d = 1979-05-27T07:32:00Z").value("d").toJson())
        .isEqualTo("{\"$__toml_private_datetime\":\"1979-05-27T07:32:00Z\"}");
    assertThat(parse("t = {b=[1,2.5],a=\"x\\n\"}").value("t").toJson())
        .isEqualTo("{\"b\":[1,2.5],\"a\":\"x\\n\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[package | unclosed table, expected `]`",
        "a = \"x | invalid basic string, expected `\"`",
        "a b | key with no value, expected `=`",
        "a = [1, | unclosed array, expected `]`",
        "a = tru | invalid boolean, expected `true`",
      })
  void syntaxErrorsHaveCargosWords(String text, String words) {
    assertThatThrownBy(() -> parse(text + "\n")).hasMessageStartingWith(words + "\n");
    assertThatThrownBy(() -> parse("a = 1\na = 2\n")).hasMessageStartingWith("duplicate key\n");
  }
}
