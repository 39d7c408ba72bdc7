package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.Workspace;
import dev.kiln.toml.TomlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Each case of `manifest/cases*.txt`, good or broken, is read by the cargo on PATH and by kiln:
/// `cargo metadata --no-deps` must be equal, or the first line of the error.
class CargoManifestsTest {
  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> readsWhatCargoReads() throws IOException {
    var only = System.getProperty("case", "");
    var cases = new LinkedHashMap<String, Map<String, String>>();
    for (var file : List.of("cases.txt", "cases-workspace.txt", "cases-dependencies.txt")) {
      try (var in = getClass().getResourceAsStream("/manifest/" + file)) {
        assertThat(in).as(file).isNotNull();
        parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), cases);
      }
    }
    return cases.entrySet().stream()
        .filter(entry -> entry.getKey().contains(only))
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> compare(entry)));
  }

  /// `=== NAME` begins a case, `--- PATH` a file of it.
  private static void parse(String text, Map<String, Map<String, String>> cases) {
    Map<String, String> files = new TreeMap<>();
    var content = new StringBuilder();
    String path = "";
    for (var line : (text + "=== \n").lines().toList()) {
      if (line.startsWith("=== ") || line.startsWith("--- ")) {
        if (!path.isEmpty()) {
          files.put(path, content.toString());
        }
        content.setLength(0);
        path = line.startsWith("--- ") ? line.substring(4).strip() : "";
        if (line.startsWith("=== ")) {
          files = new TreeMap<>();
          if (!line.substring(4).isBlank()) {
            assertThat(cases.put(line.substring(4).strip(), files)).as(line).isNull();
          }
        }
      } else {
        content.append(line).append('\n');
      }
    }
  }

  private void compare(Map.Entry<String, Map<String, String>> entry) throws Exception {
    var root = Files.createTempDirectory(scratch.toRealPath(), "case");
    for (var file : entry.getValue().entrySet()) {
      var path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    var cwd = Files.isDirectory(root.resolve("cwd")) ? root.resolve("cwd") : root;
    assertThat(kiln(cwd)).isEqualTo(cargo(root, cwd));
  }

  private static String kiln(Path cwd) throws KilnException {
    try {
      var config = CargoConfig.load(cwd, null, new TreeMap<>(), List.of());
      var workspace =
          Workspace.load(
              new ManifestReader(config, TomlReader.plain()), Workspace.findManifest(cwd));
      var target = workspace.root().resolve("target").toString();
      return sorted(
              MetadataJson.of(
                  workspace,
                  workspace.members(),
                  null,
                  new MetadataJson.Directories(target, target)))
          .pretty();
    } catch (KilnException e) {
      return "error: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
  }

  private static String cargo(Path root, Path cwd) throws Exception {
    var out = root.resolve("stdout.cargo");
    var err = root.resolve("stderr.cargo");
    var builder =
        new ProcessBuilder("cargo", "metadata", "--no-deps", "--offline", "--format-version", "1")
            .directory(cwd.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CARGO_"));
    int exit = builder.start().waitFor();
    if (exit == 0) {
      return sorted(Json.parse(Files.readString(out))).pretty();
    }
    assertThat(exit).isEqualTo(101);
    return Files.readAllLines(err).stream()
        .filter(line -> line.startsWith("error: "))
        .findFirst()
        .orElse("");
  }

  private static Json sorted(Json json) {
    return switch (json) {
      case Json.Obj(var fields) -> {
        var sorted = Json.object();
        new TreeMap<>(fields).forEach((name, value) -> sorted.put(name, sorted(value)));
        yield sorted.build();
      }
      case Json.Arr(var items) -> {
        var list = new ArrayList<Json>();
        items.forEach(item -> list.add(sorted(item)));
        yield Json.array(list);
      }
      default -> json;
    };
  }
}
