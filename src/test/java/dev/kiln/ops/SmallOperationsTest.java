package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallOperationsTest {
  @TempDir Path directory;
  private Path workspace;
  private Settings settings;

  @BeforeEach
  void makeAWorkspace() throws Exception {
    workspace = Files.createDirectory(directory.toRealPath().resolve("ws"));
    Files.writeString(
        workspace.resolve("Cargo.toml"), "[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
    Files.createDirectory(workspace.resolve("src"));
    Files.writeString(workspace.resolve("src/lib.rs"), "");
    settings =
        new Settings(
            workspace,
            new TreeMap<>(Map.of("HOME", directory.toString())),
            Clock.systemUTC(),
            new Settings.Places(
                directory.resolve("store"),
                StoreDir.DEFAULT,
                directory.resolve("cache"),
                directory.resolve("config")),
            null,
            List.of(),
            new Settings.Network(null, true),
            null,
            new Settings.Choices(null, null, true, Settings.Unstable.NONE, 0));
  }

  private Store store() throws KilnException {
    return Store.open(directory.resolve("store"), StoreDir.DEFAULT);
  }

  private String cleaned() throws KilnException {
    var said = new ArrayList<String>();
    CleanOperation.run(
        settings,
        event -> {
          if (event instanceof BuildEvent.Status(_, var text)) {
            said.add(text);
          }
        });
    return String.join("", said);
  }

  @Test
  void cleanDropsTheRootRecordOfTheWorkspace() throws Exception {
    assertThat(cleaned()).startsWith("nothing: ");
    assertThat(directory.resolve("store")).doesNotExist();
    store().writeRootRecord(WorkspaceRoots.name(workspace), "result", new TreeSet<>());
    assertThat(cleaned()).startsWith("the root record of " + workspace);
    assertThat(cleaned()).startsWith("nothing: ");
  }

  private StorePath built() throws Exception {
    var store = store();
    var derivation = store.addText("a.drv", "x".getBytes(StandardCharsets.UTF_8), new TreeSet<>());
    var notes = new TreeMap<String, List<String>>();
    notes.put("stdout", List.of("cargo:rerun-if-changed=x"));
    notes.put(
        "messages",
        List.of("{\"$message_type\":\"diagnostic\",\"level\":\"warning\",\"rendered\":\"w\"}"));
    store.register(new RealisationRecord(derivation, new TreeMap<>(), notes));
    store.flush();
    return derivation;
  }

  @Test
  void aLogIsFoundByPathAndByHash() throws Exception {
    var derivation = built();
    for (var name :
        List.of(
            derivation.baseName(),
            "/kiln/store/" + derivation.baseName(),
            derivation.hashPart().substring(0, 6))) {
      assertThat(LogOperation.run(settings, name))
          .containsExactly(
              new LogOperation.Log(derivation, List.of("cargo:rerun-if-changed=x", "w")));
    }
  }

  @Test
  void aUnitThatIsNotKnownIsAnError() throws Exception {
    built();
    assertThatThrownBy(() -> LogOperation.run(settings, "serde"))
        .isInstanceOf(KilnException.class)
        .hasMessage("there is no record of the unit `serde`");
  }

  @Test
  void unitsAreNamedByPackageTargetAndMode() throws Exception {
    var entry = new LastBuild.Entry(built(), "serde", "1.0.2", "build-script-build", "build");
    assertThat(
            List.of(
                "serde",
                "serde@1.0.2",
                "serde/build-script-build",
                "serde@1.0.2/build-script-build:build",
                "serde:build"))
        .allMatch(entry::matches);
    assertThat(List.of("serd", "serde@1", "serde/serde", "serde:check")).noneMatch(entry::matches);
  }
}
