package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every Java file is formatted as google-java-format writes it.
///
/// `mvn test -Dtest=FormatTest -Dformat=apply` rewrites what is not.
class FormatTest {
  private static final boolean APPLY = "apply".equals(System.getProperty("format"));
  private static final Path ROOT = FileSystems.getDefault().getPath("src");

  @ParameterizedTest
  @MethodSource("files")
  void isFormatted(Path file) throws IOException, FormatterException {
    var text = Files.readString(file);
    var formatted = format(text);
    if (APPLY && !formatted.equals(text)) {
      Files.writeString(file, formatted);
    } else {
      assertThat(text).isEqualTo(formatted);
    }
  }

  private static String format(String text) throws FormatterException {
    var imports = RemoveUnusedImports.removeUnusedImports(text);
    return new Formatter().formatSource(ImportOrderer.reorderImports(imports, Style.GOOGLE));
  }

  static List<Path> files() throws IOException {
    try (var tree = Files.walk(ROOT)) {
      var files = tree.filter(file -> file.toString().endsWith(".java")).sorted().toList();
      assertThat(files).as("a search that finds nothing checks nothing").hasSizeGreaterThan(50);
      return files;
    }
  }
}
