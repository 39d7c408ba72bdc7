package dev.kiln.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{\"z\":1,\"a\":[true,false,null,-0.5e+3],\"é𝄞\":{}}",
        "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\u007f\"]",
        "12345678901234567890123",
        "[]"
      })
  void whatWasReadIsWrittenAlike(String text) throws KilnException {
    assertThat(Json.parse(text).compact()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "01",
        "1.",
        "-",
        "+1",
        ".5",
        "1e",
        "nul",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"",
        "[1 2]",
        "{} {}",
        "{a:1}",
        "'a'",
        "NaN",
        "\u0000"
      })
  void refusesWhatIsNoJson(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(KilnException.class);
  }

  @Test
  void saysWhereItIsMalformed() {
    assertThatThrownBy(() -> Json.parse("{\n  \"a\": ?\n}")).hasMessageContaining("2:8");
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).hasMessageContaining("deep");
  }

  @Test
  void bytesMustBeUtf8() throws KilnException {
    assertThat(Json.parse("\"ü\"".getBytes(StandardCharsets.UTF_8)).asString()).isEqualTo("ü");
    assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xff, '"'}))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void escapesAreRead() throws KilnException {
    assertThat(Json.parse("\"\\u00e9\\/\\ud834\\udd1e\"").asString()).isEqualTo("é/𝄞");
  }

  @Test
  void surrogatesComeInPairs() {
    for (var text : List.of("\"\\ud834\"", "\"\\udd1e\\ud834\"", "{\"\\udd1e\":1}")) {
      assertThatThrownBy(() -> Json.parse(text)).hasMessageContaining("surrogate");
    }
  }

  @Test
  void prettyTextHasOneFieldPerLine() throws KilnException {
    assertThat(Json.parse("{\"a\":[1,{}],\"b\":\"c\"}").pretty())
        .isEqualTo("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"c\"\n}");
  }

  @Test
  void readersNameWhatTheyFoundInstead() throws KilnException {
    var json = Json.parse("{\"a\":1.5,\"n\":null}");
    assertThat(json.find("a")).isPresent();
    assertThat(json.find("n")).isEmpty();
    assertThat(json.require("a").asDouble()).isEqualTo(1.5);
    assertThatThrownBy(() -> json.require("b")).hasMessageContaining("'b'");
    assertThatThrownBy(() -> json.require("a").asLong()).hasMessageContaining("1.5");
    assertThatThrownBy(() -> json.require("a").asString()).hasMessageContaining("a string");
  }
}
