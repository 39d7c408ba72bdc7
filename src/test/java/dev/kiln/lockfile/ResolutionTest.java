package dev.kiln.lockfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.kiln.KilnException;
import dev.kiln.manifest.CargoConfig;
import dev.kiln.manifest.ManifestReader;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Workspace;
import dev.kiln.toml.TomlReader;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@NullUnmarked // a test that meets null fails, as it should
class ResolutionTest {
  private static final String REGISTRY = SourceId.CRATES_IO.toString();
  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = files.getPath("/ws");

  @AfterEach
  void close() throws IOException {
    files.close();
  }

  private void pkg(String folder, String name, String rest) throws IOException {
    var place = root.resolve(folder);
    Files.createDirectories(place.resolve("src"));
    Files.writeString(place.resolve("src/lib.rs"), "");
    Files.writeString(
        place.resolve("Cargo.toml"),
        "[package]\nname='%s'\nversion='0.1.0'\nedition='2021'\n%s".formatted(name, rest));
  }

  private static String entry(String name, String version, String source, String... edges) {
    return "[[package]]\nname='%s'\nversion='%s'\n%sdependencies=[%s]\n"
        .formatted(
            name,
            version,
            source.isEmpty() ? "" : "source='" + source + "'\n",
            String.join(",", List.of(edges).stream().map(edge -> "'" + edge + "'").toList()));
  }

  private Resolution resolve(boolean locked, String... entries) throws Exception {
    var config = CargoConfig.load(root, null, new TreeMap<>(), List.of());
    var workspace =
        Workspace.load(new ManifestReader(config, TomlReader.plain()), root.resolve("Cargo.toml"));
    var lock =
        entries.length == 0
            ? null
            : Lockfile.parse(workspace.lockfile(), "version=4\n" + String.join("", entries));
    return Resolution.of(workspace, lock, locked ? "--locked" : null, Offers.UNKNOWN);
  }

  private static List<String> edges(Resolution resolution, String name) {
    return resolution.dependencies().entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .flatMap(entry -> entry.getValue().stream())
        .map(PackageId::toString)
        .toList();
  }

  @Test
  void pathPackagesNeedNoLockFile() throws Exception {
    pkg("", "app", "[dependencies]\nb={path='b'}\n");
    pkg("b", "b", "[dependencies]\nc={path='../c'}\n[dev-dependencies]\nx='1'\n");
    pkg("c", "c", "");
    var resolution = resolve(false);
    assertThat(edges(resolution, "app")).containsExactly("b v0.1.0");
    assertThat(edges(resolution, "b")).containsExactly("c v0.1.0");
    assertThatThrownBy(() -> resolve(true))
        .hasMessage(
            "cannot create the lock file /ws/Cargo.lock because --locked was passed to prevent"
                + " this");
  }

  @Test
  void aMissingEntryNamesTheCommandThatMendsIt() throws Exception {
    pkg("", "app", "[dependencies]\nx='1'\n");
    assertThatThrownBy(() -> resolve(false))
        .hasMessageContaining("there is no lock file")
        .extracting(e -> ((KilnException) e).hint())
        .isEqualTo("run `cargo generate-lockfile`");
    assertThatThrownBy(() -> resolve(true, entry("app", "0.1.0", "")))
        .hasMessageStartingWith("cannot update the lock file /ws/Cargo.lock")
        .cause()
        .hasMessageContaining("dependency `x = \"^1\"` of /ws/Cargo.toml");
  }

  @Test
  void edgesGoToTheVersionThatTheLockNames() throws Exception {
    pkg("", "app", "[dependencies]\nx='1'\ny={package='x',version='2'}\n");
    var resolution =
        resolve(
            true,
            entry("app", "0.1.0", "", "x 1.0.0", "x 2.0.0"),
            entry("x", "1.0.0", REGISTRY, "z"),
            entry("x", "2.0.0", REGISTRY),
            entry("z", "1.0.0", REGISTRY));
    assertThat(edges(resolution, "app")).containsExactly("x v1.0.0", "x v2.0.0");
    assertThat(edges(resolution, "x")).containsExactly("z v1.0.0");
  }

  @Test
  void lockedRefusesWhatCargoWouldRewrite() throws Exception {
    pkg("", "app", "[dependencies]\nx='1'\n");
    var app = entry("app", "0.1.0", "", "x");
    var x = entry("x", "1.0.0", REGISTRY);
    assertThat(edges(resolve(true, app, x), "app")).containsExactly("x v1.0.0");
    for (var entries :
        List.of(
            List.of(app, x, entry("stale", "1.0.0", REGISTRY)),
            List.of(entry("app", "0.2.0", "", "x"), x),
            List.of(entry("app", "0.1.0", "", "x", "y"), x, entry("y", "1.0.0", REGISTRY)),
            List.of(entry("app", "0.1.0", ""), x))) {
      var array = entries.toArray(String[]::new);
      assertThatThrownBy(() -> resolve(true, array)).hasMessageStartingWith("cannot update");
      assertThat(edges(resolve(false, array), "app")).containsExactly("x v1.0.0");
    }
  }

  @Test
  void patchesStandForTheirSourceAndAreWarnedOfWhenUnused() throws Exception {
    pkg("", "app", "[dependencies]\nx='0.1'\n[patch.crates-io]\nx={path='x'}\nq={path='q'}\n");
    pkg("x", "x", "");
    pkg("q", "q", "");
    var resolution = resolve(false, entry("app", "0.1.0", "", "x"), entry("x", "0.1.0", ""));
    assertThat(edges(resolution, "app")).containsExactly("x v0.1.0");
    assertThat(resolution.dependencies().keySet()).allMatch(id -> id.source().isPath());
    assertThat(resolution.warnings())
        .singleElement()
        .asString()
        .startsWith("patch `q v0.1.0 (/ws/q)` was not used in the crate graph");
  }

  @Test
  void replacementsTakeThePlaceOfTheReplaced() throws Exception {
    pkg("", "app", "[dependencies]\nx='0.1'\n[replace]\n'x:0.1.0'={path='x'}\n");
    pkg("x", "x", "");
    var resolution =
        resolve(
            false,
            entry("app", "0.1.0", "", "x 0.1.0 (" + REGISTRY + ")"),
            entry("x", "0.1.0", REGISTRY).replace("dependencies=[]", "replace='x 0.1.0'"),
            entry("x", "0.1.0", ""));
    assertThat(resolution.dependencies().keySet()).allMatch(id -> id.source().isPath());
    var app = resolution.packages().getFirst();
    assertThat(resolution.dependencies().get(app)).hasSize(1);
  }

  @Test
  void aPathPackageWithAnotherNameOrVersionIsNamed() throws Exception {
    pkg("", "app", "[dependencies]\nb={path='b'}\n");
    pkg("b", "other", "");
    assertThatThrownBy(() -> resolve(false))
        .hasMessageStartingWith("no matching package named `b` found\nlocation searched: /ws/b");
    pkg("", "app", "[dependencies]\nb={path='b',version='9'}\n");
    pkg("b", "b", "");
    assertThatThrownBy(() -> resolve(false))
        .hasMessageStartingWith("failed to select a version for the requirement `b = \"^9\"`");
  }
}
