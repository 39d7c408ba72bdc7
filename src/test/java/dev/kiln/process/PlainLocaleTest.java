package dev.kiln.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A JVM under `LC_ALL=C`, as Docker's default is.
@Timeout(60)
class PlainLocaleTest {
  private static final String WORD = "größe 'ß' \uD83E\uDD80 \udcff\n";

  @TempDir Path dir;

  @Test
  void nothingIsLostUnderLcAllC() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var path = System.getProperty("java.class.path");
    var argv = List.of(java, "-Xshare:auto", "-cp", path, Child.class.getName(), dir.toString());
    var here = Path.of(System.getProperty("user.dir"));
    var jvm = new Command(argv, here, new TreeMap<>(Map.of("LC_ALL", "C")));

    var printed = jvm.capture();

    assertThat(printed.stderr()).isEmpty();
    assertThat(printed.stdout()).isEqualTo("ANSI_X3.4-1968\nwhole\n");
  }

  @Test
  void bytesThatAreNotUtf8SurviveTheRoundTrip() {
    byte[] bytes = {'a', (byte) 0xFF, (byte) 0xC3, 'b'};
    assertThat(RawText.bytes(RawText.of(bytes))).isEqualTo(bytes);
    assertThat(RawText.of("größe".getBytes(StandardCharsets.UTF_8))).isEqualTo("größe");
    assertThat(RawText.bytes("\uD83E\uDD80"))
        .isEqualTo("\uD83E\uDD80".getBytes(StandardCharsets.UTF_8));
  }

  /// Runs in the plain JVM: a directory, an argument and a variable with every kind of character.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      var top = Path.of(args[0]);
      var odd = Path.of(java.net.URI.create(top.toUri() + "gr%C3%B6%C3%9Fe"));
      Files.createDirectory(odd);
      var script = "[ \"$PWD\" = \"$3\" ] && printf '%s' \"$1\" && printf '%s' \"$V\" && exit $2";
      var argv = List.of("/bin/sh", "-c", script, "sh", WORD, "3", RawText.of(odd.toRealPath()));
      var shown = new java.io.ByteArrayOutputStream();
      var exit =
          new Command(argv, odd, new TreeMap<>(Map.of("V", WORD)))
              .run(
                  new byte[0],
                  line -> {
                    shown.writeBytes(line);
                    shown.write('\n');
                  },
                  line -> System.err.writeBytes(line));
      var word = RawText.bytes(WORD + WORD);
      System.out.println(System.getProperty("sun.jnu.encoding"));
      System.out.println(
          exit.code() == 3 && java.util.Arrays.equals(shown.toByteArray(), word)
              ? "whole"
              : "lost");
    }
  }
}
