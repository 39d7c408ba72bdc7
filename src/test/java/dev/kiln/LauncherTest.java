package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `kiln` in a checkout of its own, with a JDK and a Maven that only say how they were
/// called.
class LauncherTest {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant LATER = Instant.parse("2020-01-02T00:00:00Z");

  @TempDir Path temp;
  private Path home;
  private Path jdk;
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void aCheckoutThatIsBuilt() throws IOException {
    home = Files.createDirectories(temp.resolve("a checkout with spaces"));
    var script = FileSystems.getDefault().getPath("kiln");
    Files.copy(script, home.resolve("kiln"));
    write(home.resolve("pom.xml"), "");
    write(home.resolve("src/main/Main.java"), "");
    write(home.resolve("src/dist/Dist.java"), "");
    for (var path : List.of("src/main/Main.java", "src/main", "src/dist/Dist.java", "src/dist")) {
      age(path, LONG_AGO);
    }
    age("pom.xml", LONG_AGO);
    write(home.resolve("target/dist/current"), "0123456789ab\n");
    age("target/dist/current", LATER);
    jdk = fakeJdk("a jdk", "25.0.3");
    var bin = temp.resolve("bin");
    executable(
        bin.resolve("mvn"),
        """
        #!/bin/sh
        echo "mvn JAVA_HOME=$JAVA_HOME $*" >>calls
        [ ! -e fails ] || { echo '[ERROR] it does not compile'; exit 1; }
        mkdir -p target/dist && echo ba9876543210 >target/dist/current
        """);
    environment.put("PATH", bin + ":/usr/bin:/bin");
    environment.put("HOME", temp.toString());
    environment.put("JAVA_HOME", jdk.toString());
  }

  private String jars(String digest) {
    var jar = home + "/target/dist/kiln-" + digest;
    return jar + "-loggers.jar:" + jar + "-loggers-too.jar:" + jar + ".jar";
  }

  @Test
  void startsTheJarWithTheCacheOfTheSameDigest() throws Exception {
    var run = run(home, home.resolve("kiln").toString(), "build", "a b", "ü");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsSubsequence(
            "-XX:AOTCache=" + home + "/target/dist/kiln-0123456789ab.aot",
            "-cp",
            jars("0123456789ab"),
            "dev.kiln.cli.Main",
            "build",
            "a b",
            "ü");
    assertThat(home.resolve("calls")).doesNotExist();
  }

  @Test
  void theStoresCommandsHaveACacheOfTheirOwn() throws Exception {
    var kiln = home.resolve("kiln").toString();
    var own = "-XX:AOTCache=" + home + "/target/dist/kiln-0123456789ab-store.aot";
    assertThat(run(home, kiln, "store", "dump", "x").out()).contains(own);
    assertThat(run(home, kiln, "-q", "--store", "build", "hash", "path", ".").out()).contains(own);
    assertThat(run(home, kiln, "build", "-p", "store").out()).doesNotContain(own);
    assertThat(run(home, kiln, "--store", "store", "build").out()).doesNotContain(own);
    assertThat(run(home, kiln).out()).doesNotContain(own);
  }

  @Test
  void aFolderThatNoClassPathCanNameIsToldAsSuch() throws Exception {
    var odd = Files.move(home, temp.resolve("a:b"));
    var run = run(odd, odd.resolve("kiln").toString(), "tree");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err())
        .containsExactly(
            "error: kiln lies in "
                + odd
                + ", and Java cannot start from a folder with a colon in its name",
            "hint: move it to another place");
  }

  @Test
  void worksThroughLinksFromAnyFolder() throws Exception {
    var links = Files.createDirectories(temp.resolve("links"));
    Files.createSymbolicLink(links.resolve("first"), Path.of("../a checkout with spaces/kiln"));
    Files.createSymbolicLink(links.resolve("kiln"), Path.of("first"));
    assertThat(run(Path.of("/"), links.resolve("kiln").toString()).out())
        .contains(jars("0123456789ab"));
    assertThat(run(links, "./kiln").out()).contains(jars("0123456789ab"));
    environment.put("PATH", links + ":/usr/bin:/bin");
    assertThat(run(Path.of("/"), "sh", "-c", "kiln").out()).contains(jars("0123456789ab"));
  }

  @Test
  void theJvmGetsUtf8AndTheUsersLocaleIsHandedOn() throws Exception {
    environment.put("LC_ALL", "C");
    assertThat(run(home, "./kiln").out()).contains("LC_ALL=C.UTF-8", "KILN_LC_ALL=C");
    environment.remove("LC_ALL");
    assertThat(run(home, "./kiln").out()).contains("LC_ALL=C.UTF-8", "KILN_LC_ALL=");
  }

  @Test
  void buildsWhatIsOlderThanItsSourcesAndSaysSoInOneLine() throws Exception {
    age("src/main/Main.java", LATER.plusSeconds(1));
    var run = run(home, "./kiln");
    assertThat(run.err()).hasSize(1).first().asString().contains("Building kiln itself");
    assertThat(run.out()).contains(jars("ba9876543210"));
    assertThat(Files.readString(home.resolve("calls")))
        .contains("JAVA_HOME=" + jdk)
        .endsWith("package\n");
  }

  @Test
  void buildsWhereNothingWasBuiltYet() throws Exception {
    Files.delete(home.resolve("target/dist/current"));
    assertThat(run(home, "./kiln").out()).contains(jars("ba9876543210"));
  }

  @Test
  void aFailedBuildShowsWhyAndWhereTheRestIs() throws Exception {
    Files.delete(home.resolve("target/dist/current"));
    write(home.resolve("fails"), "");
    var run = run(home, "./kiln");
    assertThat(run.code()).isEqualTo(101);
    assertThat(run.err())
        .contains("[ERROR] it does not compile", "error: kiln could not be built")
        .last()
        .asString()
        .endsWith("target/build.log");
  }

  @Test
  void aJdkOfAnotherVersionIsNotTaken() throws Exception {
    assertThat(run(home, "./kiln").out()).contains("java=" + jdk + "/bin/java");
    var old = fakeJdk("old", "17.0.15");
    environment.put("JAVA_HOME", old.toString());
    // a JDK 25 that this machine has elsewhere, or none
    assertThat(run(home, "./kiln").out()).doesNotContain("java=" + old + "/bin/java");
  }

  private Path fakeJdk(String name, String version) throws IOException {
    var folder = temp.resolve(name);
    executable(
        folder.resolve("bin/java"),
        """
        #!/bin/sh
        echo "java=$0"
        echo "LC_ALL=$LC_ALL"
        echo "KILN_LC_ALL=${KILN_LC_ALL-}"
        printf '%s\\n' "$@"
        exit 7
        """);
    write(folder.resolve("release"), "IMPLEMENTOR=\"nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
    return folder;
  }

  private record Run(int code, List<String> out, List<String> err) {}

  private Run run(Path folder, String... command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var out = temp.resolve("out");
    var err = temp.resolve("err");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    int code = builder.start().waitFor();
    return new Run(code, Files.readAllLines(out), Files.readAllLines(err));
  }

  private void age(String path, Instant time) throws IOException {
    Files.setLastModifiedTime(home.resolve(path), FileTime.from(time));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void executable(Path file, String text) throws IOException {
    write(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
